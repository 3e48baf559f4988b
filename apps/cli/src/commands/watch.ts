import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { examples } from '../options/examples';
import {
  schemaVersionOption,
  serverChoice,
  serverOptions,
  type ServerOptions,
} from '../options/server-options';
import { wholeNumber } from '../options/whole-number';

type WatchOptions = ServerOptions & { readonly prefix?: string; readonly count?: number };

export function addWatch(program: Command, cli: Cli): void {
  const command = program
    .command('watch')
    .summary('show changes as they happen')
    .description(
      'Shows what changes in a group as it happens, field by field, until Ctrl-C. What changed while the connection was ' +
        'lost is shown when it is back. With --json, one line for each commit.',
    )
    .argument('<group>', 'name of the group')
    .argument('[key]', 'key of a doc; all docs without it')
    .option('--prefix <text>', 'only docs whose keys begin with it')
    .addOption(new Option('-n, --count <n>', 'end after so many commits').argParser(wholeNumber(1, 1e9)))
    .action(async (group: string, key: string | undefined, options: WatchOptions) => {
      const { watch } = await import('../actions/watch.js');
      const { schemaVersion, prefix = '', count } = options;
      await watch(cli, { ...serverChoice(options, cli), group, key, prefix, schemaVersion, count });
    });
  schemaVersionOption(command);
  serverOptions(command);
  examples(
    command,
    'atomsync watch todo',
    'atomsync watch settings theme',
    'atomsync watch todo --json | jq -c .docs[].after',
    'atomsync watch jobs --prefix done: --count 1 && echo the first job is done',
  );
}
