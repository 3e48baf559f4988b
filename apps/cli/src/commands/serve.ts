import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { databaseOption } from '../options/database-option';
import { duration } from '../options/duration';
import { examples } from '../options/examples';
import { collect, wholeNumber } from '../options/whole-number';

interface ServeOptions {
  readonly port: number;
  readonly host?: string;
  readonly db: string;
  readonly path: string;
  readonly users?: string;
  readonly jwtSecretFile?: string;
  readonly origin?: readonly string[];
  readonly retention: number;
}

export function addServe(program: Command, cli: Cli): void {
  const command = program
    .command('serve')
    .summary('run a server')
    .description(
      'Serves synced atoms until Ctrl-C: sync at /sync, and /events, /docs, /health and /metrics. Without --users or a ' +
        'secret for tokens everyone may do everything. With --json, one line says where it listens.',
    )
    .addOption(
      new Option('-p, --port <n>', 'port to listen on; 0 picks a free one')
        .default(8090)
        .env('ATOMSYNC_PORT')
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option('--host <name>', 'address to listen on; all of them without it').env('ATOMSYNC_HOST'),
    )
    .addOption(new Option('--path <path>', 'path of the sync endpoint').default('/sync'))
    .addOption(
      new Option(
        '--users <file>',
        'JSON file of users, {"alice": {"token": "…", "groups": ["todo", "list/*"]}}; read again at SIGHUP',
      ).conflicts('jwtSecretFile'),
    )
    .addOption(
      new Option(
        '--jwt-secret-file <file>',
        'file with the secret of JSON Web Tokens (HS256); or ATOMSYNC_JWT_SECRET',
      ),
    )
    .addOption(
      new Option('--origin <origin>', 'pages of this origin may connect; repeat it, or * for all').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('--retention <time>', 'for how long deleted docs are remembered, for clients that are away')
        .default(2_592_000_000, '30d')
        .argParser(duration),
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import('../actions/serve.js');
      await serve(cli, options);
    });
  databaseOption(command);
  examples(
    command,
    'atomsync serve',
    'atomsync serve --port 8091 --db my-data.db --host 127.0.0.1',
    'atomsync serve --users users.json --origin https://app.example.com',
    'ATOMSYNC_JWT_SECRET=$(openssl rand -base64 48) atomsync serve',
  );
}
