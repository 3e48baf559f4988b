import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AtomSyncServerError } from '../errors';
import { copyDatabase, sync, type CopyProgress } from './copy-database';
import { unusable } from './open-database';

export interface BackupOptions {
  /** Hears how far it is, in bytes; last of all that everything is done. */
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Backs up an Atomsync database into a new file, also while a server serves it: the backup is the data as it is at
 * the start, whatever is written meanwhile. It is whole and durable when the promise resolves, and under its name it
 * never is anything less.
 *
 * @throws AtomSyncServerError `NO_SUCH_DATABASE`, `NOT_A_DATABASE`, `FILE_EXISTS`, `DATABASE_DAMAGED`,
 * `DATABASE_UNUSABLE`
 * @example
 * await backupDatabase('atomsync.db', 'backups/monday.db');
 */
export async function backupDatabase(from: string, to: string, options: BackupOptions = {}): Promise<void> {
  if (existsSync(to)) throw exists(to);
  const partial = `${to}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await copyDatabase(from, partial, options.onProgress);
    await putInPlace(partial, to);
    await sync(dirname(to));
  } catch (error) {
    throw unusable(to, error);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Gives a file its name, unless that has come to be another's meanwhile. */
async function putInPlace(partial: string, to: string): Promise<void> {
  try {
    await link(partial, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(to)) throw exists(to);
    // Some file systems know no links.
    await rename(partial, to);
  }
}

const exists = (file: string) =>
  new AtomSyncServerError(
    'FILE_EXISTS',
    `There is a file ${file} already, and a backup overwrites none. Remove it, or name another file.`,
  );
