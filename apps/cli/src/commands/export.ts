import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { duration } from '../options/duration';
import { examples } from '../options/examples';
import { serverChoice, serverOptions, type ServerOptions } from '../options/server-options';
import { collect } from '../options/whole-number';

interface ExportOptions extends ServerOptions {
  readonly group?: readonly string[];
  readonly prefix?: string;
  readonly db?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly retry: number;
}

export function addExport(program: Command, cli: Cli): void {
  const command = program
    .command('export')
    .summary('write groups to a file')
    .description(
      'Writes docs as lines of JSON (NDJSON), with all types kept, and ends with a digest of them. With --resume it goes on ' +
        'where it was interrupted; a finished export is brought up to date.',
    )
    .argument('[file]', 'file to write; stdout without it')
    .addOption(new Option('-g, --group <name>', 'a group; repeat it for several').argParser(collect))
    .option('--prefix <text>', 'only docs whose keys begin with it')
    .addOption(
      new Option(
        '--db <file>',
        'read a database file in the place of a server; all its groups without --group',
      ),
    )
    .addOption(new Option('--resume', 'go on with the file').conflicts(['db', 'force']))
    .option('--force', 'replace the file')
    .addOption(retryOption())
    .action(async (file: string | undefined, options: ExportOptions) => {
      const { exportDocs } = await import('../actions/export.js');
      const { group = [], prefix = '', db, resume = false, force = false, retry } = options;
      const to = file === '-' ? undefined : file;
      const groups = [...new Set(group)];
      await exportDocs(cli, {
        ...serverChoice(options, cli),
        file: to,
        groups,
        prefix,
        db,
        resume,
        force,
        retry,
      });
    });
  serverOptions(command);
  examples(
    command,
    'atomsync export todo.ndjson --group todo --group settings',
    'atomsync export todo.ndjson --resume',
    'atomsync export --group todo | gzip > todo.ndjson.gz',
    'atomsync export all.ndjson --db atomsync.db',
  );
}

export const retryOption = (): Option =>
  new Option('--retry <time>', 'for how long to try again where the server goes away meanwhile')
    .default(30_000, '30s')
    .argParser(duration);
