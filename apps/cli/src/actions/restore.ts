import { AtomSyncServerError, inspectDatabase, restoreDatabase } from '@atomsync/server';
import type { Cli } from '../cli';
import { CliError } from '../cli-error';
import { count } from '../output/table';

export interface RestoreChoice {
  readonly db: string;
  /** Whether the database that is there is replaced. */
  readonly force: boolean;
}

export async function restore(
  { terminal }: Cli,
  backup: string,
  { db, force }: RestoreChoice,
): Promise<void> {
  try {
    await restoreDatabase(backup, db, { force });
  } catch (error) {
    if (!(error instanceof AtomSyncServerError) || error.code !== 'FILE_EXISTS' || force) throw error;
    throw new CliError(
      error.code,
      `There is a database ${db} already.`,
      'Replace it with --force, or name another one with --db.',
    );
  }
  const { groups } = await inspectDatabase(db);
  const docs = groups.reduce((sum, group) => sum + group.docs, 0);
  if (terminal.json) return terminal.print(JSON.stringify({ db, backup, groups: groups.length, docs }));
  terminal.print(
    `${terminal.paint('bold', db)} is what ${backup} holds: ${count(groups.length, 'group')}, ${count(docs, 'doc')}`,
  );
}
