import { open, rm } from 'node:fs/promises';
import { openSqlite } from '../store/typeorm/sqlite-connection';
import { openDatabase } from './open-database';

/** How far a copy is, in bytes. */
export interface CopyProgress {
  readonly done: number;
  readonly total: number;
}

/** Pages copied before others in this process get their turn: about 1 MiB. */
const PAGES_AT_ONCE = 256;

/** Copies an Atomsync database, as it is at this moment, into a new file; durable when it resolves. */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: (progress: CopyProgress) => void = () => undefined,
): Promise<void> {
  const source = openDatabase(from, { readonly: true });
  try {
    const pageSize = Number(source.pragma('page_size', { simple: true }));
    // One snapshot for all steps: without it each commit of the server would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    const total = Number(source.pragma('page_count', { simple: true })) * pageSize;
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress({ done: (totalPages - remainingPages) * pageSize, total });
        return PAGES_AT_ONCE;
      },
    });
    onProgress({ done: total, total });
  } finally {
    source.close();
  }
  makeWhole(to);
  await sync(to);
}

/** Removes the files that belong to a database file: logs of writes that are not in it yet. */
export async function removeLogs(file: string): Promise<void> {
  for (const suffix of ['-wal', '-shm', '-journal']) await rm(file + suffix, { force: true });
}

/** Puts all that is in the log beside a database into the file itself, and ends the log. */
export function makeWhole(file: string): void {
  const connection = openSqlite(file, { fileMustExist: true });
  try {
    connection.pragma('journal_mode = DELETE');
  } finally {
    connection.close();
  }
}

/** Waits until a file, or the names in a folder, would survive a power cut. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
