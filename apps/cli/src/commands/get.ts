import type { Command } from 'commander';
import type { Cli } from '../cli';
import { examples } from '../options/examples';
import {
  schemaVersionOption,
  serverChoice,
  serverOptions,
  type ServerOptions,
} from '../options/server-options';

export function addGet(program: Command, cli: Cli): void {
  const command = program
    .command('get')
    .summary('show a doc, or all docs of a group')
    .description(
      'Shows a doc, or all docs of a group, one on a line. It is 1 in the end where there is no such doc.',
    )
    .argument('<group>', 'name of the group')
    .argument('[key]', 'key of a doc; all docs without it')
    .option('--prefix <text>', 'only docs whose keys begin with it')
    .action(async (group: string, key: string | undefined, options: ServerOptions & { prefix?: string }) => {
      const { get } = await import('../actions/get.js');
      const { schemaVersion, prefix = '' } = options;
      await get(cli, { ...serverChoice(options, cli), group, key, prefix, schemaVersion });
    });
  schemaVersionOption(command);
  serverOptions(command);
  examples(
    command,
    'atomsync get todo',
    'atomsync get todo todo:1',
    'atomsync get todo --prefix todo: --json | jq .docs[].key',
    'ATOMSYNC_TOKEN=abc123 atomsync get settings theme --server wss://example.com/sync',
  );
}
