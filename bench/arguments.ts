import { parseArgs } from 'node:util';
import type { Scale, Workload } from './workload';

export interface Order {
  readonly kind: 'run';
  readonly workloads: readonly Workload[];
  readonly runs: number;
  readonly scale: Scale;
  readonly peers: boolean;
  /** Say of all that is to be reached whether it is. */
  readonly check: boolean;
  /** Write a CPU profile of every process. */
  readonly profile: boolean;
}

export type Arguments =
  Order | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly message: string };

/** Pairs below which a ratio is no verdict. */
const CHECK_RUNS = 5;

export const usage = (
  workloads: readonly Workload[],
): string => `Usage: npm run bench -- [workload …] [options]

${workloads.map(({ id, title }) => `  ${id.padEnd(12)} ${title}`).join('\n')}

  --runs <n>   pairs of measured and limit (1; with --check and --peers 5)
  --peers      beside peers as well; they are installed in bench/ when they are first needed
  --check      with peers; then every row that has something to reach, and which fall short: exit code 1
  --full       larger runs
  --profile    write bench/results/profiles/<run>/<process>.cpuprofile; figures taken meanwhile are no figures
  --help       this text

Without a workload, all of them. Results also go to bench/results/*.json, and \`npm run bench:report\` draws them.`;

export function readArguments(args: readonly string[], workloads: readonly Workload[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        peers: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const { check, profile } = values;
    const peers = values.peers || check;
    const runs = values.runs ?? String(peers ? CHECK_RUNS : 1);
    if (!/^[1-9]\d?$/.test(runs))
      return wrong(`--runs is ${JSON.stringify(runs)}; it is a number from 1 to 99.`);
    if (check && Number(runs) < CHECK_RUNS)
      return wrong(`--runs is ${runs}; --check judges by at least ${CHECK_RUNS} pairs.`);
    const unknown = positionals.find((name) => workloads.every(({ id }) => id !== name));
    if (unknown !== undefined) return wrong(`There is no workload ${JSON.stringify(unknown)}.`);
    return {
      kind: 'run',
      workloads:
        positionals.length === 0 ? workloads : workloads.filter(({ id }) => positionals.includes(id)),
      runs: Number(runs),
      scale: values.full ? 'full' : 'quick',
      ...{ peers, check, profile },
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
