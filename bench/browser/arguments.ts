import { parseArgs } from 'node:util';
import { contenders, limit, type BrowserContender } from './contenders';

export interface Order {
  readonly kind: 'run';
  readonly contenders: readonly BrowserContender[];
  readonly runs: number;
  readonly docs: number;
  /** A file for all figures of all runs. */
  readonly json: string | undefined;
}

export type Arguments =
  Order | { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly message: string };

export const usage = `Usage: npm run bench:browser -- [side …] [options]

Docs of about 150 bytes in IndexedDB: opened in a fresh browser, and one of them updated until that is durable.

${contenders.map(({ id, title, how }) => `  ${id.padEnd(12)} ${title}: ${how}`).join('\n')}

  --docs <n>     how many docs (100000)
  --runs <n>     openings of each side, in turns (5)
  --json <file>  write all figures of all runs there as well
  --help         this text

Without a side, all of them; the limit always runs. Dexie and RxDB are installed in bench/browser when they are first
needed.`;

export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        docs: { type: 'string' },
        runs: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    const { docs = '100000', runs = '5', json } = values;
    if (!/^[1-9]\d{0,5}$/.test(docs))
      return wrong(`--docs is ${JSON.stringify(docs)}; it is a number from 1 to 999999.`);
    if (!/^[1-9]\d?$/.test(runs))
      return wrong(`--runs is ${JSON.stringify(runs)}; it is a number from 1 to 99.`);
    const unknown = positionals.find((name) => contenders.every(({ id }) => id !== name));
    if (unknown !== undefined) return wrong(`There is no side ${JSON.stringify(unknown)}.`);
    const chosen = contenders.filter(
      (contender) => positionals.length === 0 || contender === limit || positionals.includes(contender.id),
    );
    return { kind: 'run', contenders: chosen, docs: Number(docs), runs: Number(runs), json };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
