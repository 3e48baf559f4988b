import { inspectDatabase, purgeDatabase } from '@atomsync/server';
import type { Cli } from '../cli';
import { CliError } from '../cli-error';
import { count } from '../output/table';

export interface PurgeChoice {
  readonly db: string;
  /** Milliseconds. */
  readonly olderThan: number;
  readonly group?: string;
}

export async function purge({ terminal }: Cli, { db, olderThan, group }: PurgeChoice): Promise<void> {
  if (group !== undefined && !(await inspectDatabase(db)).groups.some(({ name }) => name === group)) {
    const message = `There is no group ${JSON.stringify(group)} in ${db}.`;
    throw new CliError('NO_SUCH_GROUP', message, '`atomsync groups` shows those there are.');
  }
  const purged = await purgeDatabase(db, { olderThan, ...(group !== undefined && { group }) });
  const tombstones = purged.reduce((sum, each) => sum + each.tombstones, 0);
  if (terminal.json) return terminal.print(JSON.stringify({ db, tombstones, groups: purged }));
  for (const each of purged) {
    terminal.print(
      `${terminal.paint('bold', each.group)}  ${count(each.tombstones, 'deleted doc')} purged, to version ${each.purgedThrough}`,
    );
  }
  if (purged.length === 0) terminal.print('nothing to purge');
}
