import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run example:cities -- [options]

  --limit <n>   use the first n places only (all of them)
  --help        this text

Ends with 0 when all clients hold the same docs, and with 1 when they do not or something failed.`;

export type Arguments =
  | { readonly kind: 'run'; readonly limit: number | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { limit: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return { kind: 'help' };
    if (values.limit === undefined) return { kind: 'run', limit: undefined };
    if (!/^[1-9]\d{0,8}$/.test(values.limit)) {
      return wrong(`The limit is ${JSON.stringify(values.limit)}; it is a number of places, at least 1.`);
    }
    return { kind: 'run', limit: Number(values.limit) };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
