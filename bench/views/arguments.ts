import { parseArgs } from 'node:util';
import { atomsync, contenders, type ViewContender } from './contenders';

export interface Order {
  readonly kind: 'run';
  readonly contenders: readonly ViewContender[];
  readonly docs: readonly number[];
  readonly runs: number;
  readonly changes: number;
  /** A file for all figures of all runs. */
  readonly json: string | undefined;
}

export type Arguments =
  Order | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly message: string };

export const usage = `Usage: npm run bench:views -- [side …] [options]

A live query in memory: the first 50 of those docs that are not done, by a number; and one change among all of them.

${contenders.map(({ id, title, how }) => `  ${id.padEnd(10)} ${title}: ${how}`).join('\n')}

  --docs <n,n>    how many docs (1000,10000,100000)
  --runs <n>      processes of each side, in turns (5)
  --changes <n>   changes of each kind in one process, unless four seconds are over before (200)
  --json <file>   write all figures of all runs there as well
  --help          this text

Without a side, all of them; Atomsync always runs. TinyBase and RxDB are installed in bench/views when they are first
needed.`;

export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        docs: { type: 'string', default: '1000,10000,100000' },
        runs: { type: 'string', default: '5' },
        changes: { type: 'string', default: '200' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const { docs, runs, changes, json } = values;
    if (!/^[1-9]\d{2,5}(,[1-9]\d{2,5})*$/.test(docs))
      return wrong(
        `--docs is ${JSON.stringify(docs)}; it is numbers from 100 to 999999, with commas between.`,
      );
    for (const [name, value] of Object.entries({ runs, changes }))
      if (!/^[1-9]\d{0,2}$/.test(value))
        return wrong(`--${name} is ${JSON.stringify(value)}; it is a number from 1 to 999.`);
    const unknown = positionals.find((name) => contenders.every(({ id }) => id !== name));
    if (unknown !== undefined) return wrong(`There is no side ${JSON.stringify(unknown)}.`);
    const chosen = contenders.filter(
      (contender) => positionals.length === 0 || contender === atomsync || positionals.includes(contender.id),
    );
    return {
      kind: 'run',
      contenders: chosen,
      docs: docs.split(',').map(Number),
      runs: Number(runs),
      changes: Number(changes),
      json,
    };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
