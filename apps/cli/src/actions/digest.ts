import type { Cli } from '../cli';
import { usageError } from '../cli-error';
import { Digests } from '../exchange/digests';
import { readExport } from '../exchange/export-file';
import { openSource } from '../exchange/open-source';
import type { ServerChoice } from '../options/server-options';
import { Progress } from '../output/progress';
import { count } from '../output/table';

export interface DigestChoice extends ServerChoice {
  /** An export. */
  readonly file: string | undefined;
  readonly groups: readonly string[];
  readonly prefix: string;
  readonly db: string | undefined;
  readonly retry: number;
}

export async function digest(cli: Cli, choice: DigestChoice): Promise<void> {
  const { terminal } = cli;
  const { file, groups: named } = choice;
  const digests =
    file === undefined ? await digestsOf(cli, choice) : (await readExport(file, cli.signal)).digests;
  const missing = named.find((group) => !digests.groups.includes(group));
  if (missing !== undefined) {
    throw usageError(
      'NO_SUCH_GROUP',
      `The export has no group ${JSON.stringify(missing)}.`,
      'Leave out --group for all.',
    );
  }
  const groups = (named.length === 0 ? digests.groups : named).map((group) => ({
    group,
    ...digests.sum([group]),
  }));
  const all = digests.sum(groups.map(({ group }) => group));
  if (terminal.json) return terminal.print(JSON.stringify({ ...all, groups }));
  const { paint } = terminal;
  for (const { group, docs, digest: own } of groups) {
    terminal.print(`${paint('cyan', own)}  ${paint('bold', group)}  ${count(docs, 'doc')}`);
  }
  if (groups.length > 1) terminal.print(`${paint('cyan', all.digest)}  together  ${count(all.docs, 'doc')}`);
}

async function digestsOf({ terminal, signal }: Cli, choice: DigestChoice): Promise<Digests> {
  const source = await openSource(choice, choice.groups, signal);
  const digests = new Digests();
  try {
    for (const group of source.groups) {
      digests.open(group);
      const progress = new Progress(terminal, `digest ${group}`, 1000);
      for await (const { docs, share } of source.pages(group, choice.prefix, undefined)) {
        for (const { key, value, deleted, schemaVersion = 1 } of docs) {
          if (deleted) digests.delete(group, key);
          else digests.set({ group, key, value, schemaVersion });
        }
        progress.update(Math.floor((share ?? 0) * 1000), count(digests.size(group), 'doc'));
      }
      progress.end();
    }
  } finally {
    await source.close();
  }
  return digests;
}
