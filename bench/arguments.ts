import { parseArgs } from 'node:util';
import type { Scale, Workload } from './workload';

export interface Order {
  readonly kind: 'run';
  readonly workloads: readonly Workload[];
  readonly runs: number;
  readonly scale: Scale;
  /** Write a CPU profile of every process. */
  readonly profile: boolean;
}

export type Arguments =
  Order | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly message: string };

export const usage = (
  workloads: readonly Workload[],
): string => `Usage: npm run bench -- [workload …] [options]

${workloads.map(({ id, title }) => `  ${id.padEnd(12)} ${title}`).join('\n')}

  --runs <n>   pairs of measured and limit (3)
  --full       more writes per run
  --profile    write bench/results/profiles/<run>/<process>.cpuprofile; figures taken meanwhile are no figures
  --help       this text

Without a workload, all of them. Results also go to bench/results/*.json.`;

export function readArguments(args: readonly string[], workloads: readonly Workload[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        full: { type: 'boolean' },
        profile: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const runs = values.runs ?? '3';
    if (!/^[1-9]\d?$/.test(runs))
      return wrong(`--runs is ${JSON.stringify(runs)}; it is a number from 1 to 99.`);
    const unknown = positionals.find((name) => workloads.every(({ id }) => id !== name));
    if (unknown !== undefined) return wrong(`There is no workload ${JSON.stringify(unknown)}.`);
    return {
      kind: 'run',
      workloads:
        positionals.length === 0 ? workloads : workloads.filter(({ id }) => positionals.includes(id)),
      runs: Number(runs),
      scale: values.full === true ? 'full' : 'quick',
      profile: values.profile === true,
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
