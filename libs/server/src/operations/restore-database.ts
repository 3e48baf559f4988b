import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AtomSyncServerError } from '../errors';
import { openSqlite } from '../store/typeorm/sqlite-connection';
import { lockDatabase } from '../store/typeorm/sqlite-lock';
import { copyDatabase, makeWhole, removeLogs, sync } from './copy-database';
import { openDatabase, unusable } from './open-database';

export interface RestoreOptions {
  /** Whether a database that is there is replaced; what is in it is lost. */
  readonly force?: boolean;
}

/**
 * Puts a backup in the place of a database that no server holds. The backup is checked from its first byte to its
 * last before anything is replaced, and is left as it is. The next start begins a new epoch, as every start does:
 * clients notice that the data went back, take what is there, and offer again what they wrote since.
 *
 * @throws AtomSyncServerError `DATABASE_IN_USE`, `FILE_EXISTS`, `NO_SUCH_DATABASE`, `NOT_A_DATABASE`,
 * `DATABASE_DAMAGED`, `DATABASE_UNUSABLE`
 * @example
 * await restoreDatabase('backups/monday.db', 'atomsync.db', { force: true });
 */
export async function restoreDatabase(
  backup: string,
  to: string,
  options: RestoreOptions = {},
): Promise<void> {
  openDatabase(backup, { readonly: true }).close();
  if (existsSync(to) && options.force !== true) {
    throw new AtomSyncServerError(
      'FILE_EXISTS',
      `There is a database file ${to} already. Say that it is to be replaced (force), or name another file.`,
    );
  }
  const target = existsSync(to) ? realpathSync(to) : to;
  if (target === realpathSync(backup)) {
    const message = `${backup} is the database itself, and no backup of it. Name another file.`;
    throw new AtomSyncServerError('FILE_EXISTS', message);
  }
  const lock = locked(target);
  const partial = `${target}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await copyDatabase(backup, partial);
    check(backup, partial);
    await replace(target, partial);
  } catch (error) {
    throw unusable(target, error);
  } finally {
    await rm(partial, { force: true });
    lock.release();
  }
}

function locked(file: string): { release(): void } {
  try {
    return lockDatabase(file);
  } catch (error) {
    throw unusable(file, error);
  }
}

/** Checks the copy, which is what will be served. */
function check(backup: string, copy: string): void {
  const connection = openSqlite(copy, { readonly: true });
  try {
    const found: unknown = connection.pragma('integrity_check(3)', { simple: true });
    if (found === 'ok') return;
    throw new AtomSyncServerError(
      'DATABASE_DAMAGED',
      `The backup ${backup} is damaged: ${String(found)}. Take another one.`,
    );
  } finally {
    connection.close();
  }
}

async function replace(target: string, by: string): Promise<void> {
  if (existsSync(target)) {
    // Until the very rename, the old database keeps all that was acknowledged, also what is in its log only.
    try {
      makeWhole(target);
    } catch {
      // It may be damaged: that is one of the reasons to restore.
    }
  }
  // A log that stays behind would be applied to the backup.
  await removeLogs(target);
  await rename(by, target);
  await sync(dirname(target));
}
