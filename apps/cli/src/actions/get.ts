import type { Cli } from '../cli';
import { CliError } from '../cli-error';
import { withGroup, type GroupChoice } from '../connect';
import { shortened, showValue, showValueAtLength } from '../values';

export interface GetChoice extends GroupChoice {
  readonly key: string | undefined;
}

export async function get({ terminal, signal }: Cli, choice: GetChoice): Promise<void> {
  const { group, key } = choice;
  // The narrowest feed that has the doc, so that a large group is not fetched for it.
  const docs = await withGroup({ ...choice, prefix: key ?? choice.prefix }, signal, async ({ atom }) =>
    atom.deref(),
  );
  if (key === undefined) {
    if (terminal.json) {
      const list = Array.from(docs, ([each, value]) => ({ key: each, value }));
      return terminal.write(`${showValue({ group, docs: list })}\n`);
    }
    for (const [each, value] of docs) {
      const room = terminal.width - each.length - 2;
      await terminal.write(
        `${terminal.paint('bold', each)}  ${shortened(showValue(value), Math.max(room, 20))}\n`,
      );
    }
    return;
  }
  const value = docs.get(key);
  if (value === undefined) {
    throw new CliError(
      'NO_SUCH_DOC',
      `There is no doc ${JSON.stringify(key)} in the group ${JSON.stringify(group)}.`,
      '`atomsync get` without a key shows those there are.',
    );
  }
  terminal.print(terminal.json ? showValue({ group, key, value }) : showValueAtLength(value));
}
