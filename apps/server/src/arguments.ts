import { parseArgs } from 'node:util';

export const DEFAULT_PORT = 8090;
export const DEFAULT_FILE = 'atomsync.db';

export const USAGE = `Usage: npm start -- [options] [port] [file]

  --port <n>     port to listen on (${DEFAULT_PORT}); also PORT or ATOMSYNC_PORT
  --db <file>    SQLite file (${DEFAULT_FILE}); also DB or ATOMSYNC_DB
  --host <name>  address to listen on (all)
  --help         this text

Several servers on the same data, instead of a file (see docs/SCALING.md):

  DATABASE_URL   as in postgres://user:password@host:5432/database; --db and a file win over it
  REDIS_URL      as in redis://host:6379: they tell each other of changes at once

Flags win over arguments, arguments over the environment.`;

export type Arguments =
  | {
      readonly kind: 'serve';
      readonly port: number;
      readonly file: string;
      readonly host: string | undefined;
      /** In the place of the file. */
      readonly databaseUrl?: string;
      readonly redisUrl?: string;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** What the command line and the environment ask for. */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string', short: 'p' },
        db: { type: 'string' },
        host: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    if (positionals.length > 2) return wrong(`Too many arguments: ${positionals.slice(2).join(' ')}.`);
    const port = values.port ?? positionals[0] ?? env['ATOMSYNC_PORT'] ?? env['PORT'] ?? String(DEFAULT_PORT);
    const file = values.db ?? positionals[1] ?? env['ATOMSYNC_DB'] ?? env['DB'] ?? DEFAULT_FILE;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      return wrong(
        `The port is ${JSON.stringify(port)}; it is a number from 0 to 65535 (0 picks a free one).`,
      );
    }
    if (file === '') return wrong('The database file has an empty name; give it one with --db.');
    const serve = { kind: 'serve', port: Number(port), file, host: values.host } as const;
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env;
    if (!databaseUrl || (values.db ?? positionals[1]) !== undefined) return serve;
    if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
      return wrong(
        'DATABASE_URL is the address of a PostgreSQL database: postgres://…; name files with --db.',
      );
    }
    if (redisUrl && !/^rediss?:\/\//.test(redisUrl)) {
      return wrong('REDIS_URL is the address of a Redis server: redis://host:6379.');
    }
    return { ...serve, databaseUrl, ...(redisUrl && { redisUrl }) };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const wrong = (message: string): Arguments => ({ kind: 'wrong', message });
