import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { examples } from '../options/examples';
import { serverChoice, serverOptions, type ServerOptions } from '../options/server-options';
import { collect } from '../options/whole-number';
import { retryOption } from './export';

interface DigestOptions extends ServerOptions {
  readonly group?: readonly string[];
  readonly prefix?: string;
  readonly db?: string;
  readonly retry: number;
}

export function addDigest(program: Command, cli: Cli): void {
  const command = program
    .command('digest')
    .summary('say what docs come to')
    .description(
      'Says how many docs there are and their digest: of groups of a server, a database file or an export. Equal docs have ' +
        'equal digests, wherever they are.',
    )
    .argument('[file]', 'an export; without it a server')
    .addOption(new Option('-g, --group <name>', 'a group; repeat it for several').argParser(collect))
    .option('--prefix <text>', 'only docs whose keys begin with it')
    .option('--db <file>', 'a database file; all its groups without --group')
    .addOption(retryOption())
    .action(async (file: string | undefined, options: DigestOptions) => {
      const { digest } = await import('../actions/digest.js');
      const { group = [], prefix = '', db, retry } = options;
      await digest(cli, { ...serverChoice(options, cli), file, groups: group, prefix, db, retry });
    });
  serverOptions(command);
  examples(
    command,
    'atomsync digest --group todo',
    'atomsync digest --db atomsync.db',
    'atomsync digest todo.ndjson --json',
  );
}
