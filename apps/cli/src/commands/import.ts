import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { examples } from '../options/examples';
import { serverChoice, serverOptions, type ServerOptions } from '../options/server-options';
import { collect } from '../options/whole-number';
import { retryOption } from './export';

interface ImportOptions extends ServerOptions {
  readonly group?: readonly string[];
  readonly prefix?: string;
  readonly resume?: boolean;
  readonly retry: number;
}

export function addImport(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .summary('put what a file holds on a server')
    .description(
      'Puts the docs of an export on a server, where they differ from what is there; other docs stay. In the end it reads ' +
        'the groups back and says their digest: into empty groups it is that of the export. How far it has come is kept ' +
        'in FILE.importing until it is done; --resume goes on from there.',
    )
    .argument(
      '<file>',
      'what `atomsync export` has written, or lines {"group", "key", "value"}; - reads stdin',
    )
    .addOption(new Option('-g, --group <name>', 'only this group; repeat it for several').argParser(collect))
    .option('--prefix <text>', 'of groups that may be read under a prefix only')
    .option('--resume', 'skip the lines that have been imported')
    .addOption(retryOption())
    .action(async (file: string, options: ImportOptions) => {
      const { importDocs } = await import('../actions/import.js');
      const { group = [], prefix = '', resume = false, retry } = options;
      const from = file === '-' ? undefined : file;
      await importDocs(cli, {
        ...serverChoice(options, cli),
        file: from,
        groups: group,
        prefix,
        resume,
        retry,
      });
    });
  serverOptions(command);
  examples(
    command,
    'atomsync import todo.ndjson --server ws://localhost:8091/sync',
    'atomsync import todo.ndjson --resume',
    'gunzip -c todo.ndjson.gz | atomsync import -',
  );
}
