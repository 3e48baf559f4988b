import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { examples } from '../options/examples';
import {
  schemaVersionOption,
  serverChoice,
  serverOptions,
  type ServerOptions,
} from '../options/server-options';

type PutOptions = ServerOptions & { readonly merge?: boolean; readonly delete?: boolean };

export function addPut(program: Command, cli: Cli): void {
  const command = program
    .command('put')
    .summary('write, change or delete a doc')
    .description(
      'Writes a doc as a whole, some of its fields, or deletes it. Ends when the server has committed it.',
    )
    .argument('<group>', 'name of the group')
    .argument('<key>', 'key of the doc')
    .argument('[value]', 'the doc as JSON; - reads it from stdin')
    .option('--merge', 'set the fields of the value, and keep the others')
    .addOption(new Option('--delete', 'delete the doc').conflicts('merge'))
    .action(async (group: string, key: string, value: string | undefined, options: PutOptions) => {
      const { put } = await import('../actions/put.js');
      const { schemaVersion, merge, delete: deletes } = options;
      const kind = deletes ? 'delete' : merge ? 'merge' : 'put';
      const choice = { ...serverChoice(options, cli), group, key, prefix: key, schemaVersion };
      await put(cli, { ...choice, kind, value });
    });
  schemaVersionOption(command);
  serverOptions(command);
  examples(
    command,
    `atomsync put todo todo:1 '{"text":"Buy milk","done":false,"tags":{"$set":[{"$keyword":"groceries"}]}}'`,
    `atomsync put todo todo:1 '{"done":true}' --merge`,
    'atomsync put todo todo:1 --delete',
    'jq .theme settings.json | atomsync put settings theme -',
  );
}
