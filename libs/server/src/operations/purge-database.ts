import type { Version } from '@atomsync/protocol';
import type { Purged } from '../retention/purged';
import { lockDatabase } from '../store/typeorm/sqlite-lock';
import { HORIZON, PURGE, PURGE_THROUGH } from '../store/typeorm/sqlite-statements';
import { openDatabase, unusable } from './open-database';

export interface PurgeOptions {
  /** Only this group; all by default. */
  readonly group?: string;
  /** Tombstones of docs that were deleted at least so long ago go; milliseconds. */
  readonly olderThan: number;
  /** Milliseconds since 1970; the time of this machine by default. */
  readonly now?: number;
}

/** No more than a version can count. */
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Removes old tombstones from a database that no server holds; returns what went of each group of which something
 * went. A server does the same by itself: see the option `retention`.
 *
 * @throws AtomSyncServerError `DATABASE_IN_USE`, `NO_SUCH_DATABASE`, `NOT_A_DATABASE`, `DATABASE_DAMAGED`,
 * `DATABASE_UNUSABLE`
 * @example
 * await purgeDatabase('atomsync.db', { olderThan: 30 * 24 * 60 * 60 * 1000 });
 */
export function purgeDatabase(
  file: string,
  options: PurgeOptions,
  clock: () => number = Date.now,
): Promise<readonly Purged[]> {
  return new Promise((resolve) => {
    openDatabase(file, { readonly: true }).close();
    const lock = lockDatabase(file);
    try {
      resolve(purge(file, { now: clock(), ...options }));
    } catch (error) {
      throw unusable(file, error);
    } finally {
      lock.release();
    }
  });
}

function purge(file: string, { group, olderThan, now }: PurgeOptions & { readonly now: number }): Purged[] {
  const connection = openDatabase(file, { readonly: false });
  try {
    connection.pragma('synchronous = FULL');
    connection.exec('BEGIN IMMEDIATE');
    const rows = connection.prepare('SELECT "name" FROM "atomsync_groups" ORDER BY "name"').all();
    const names = (rows as { name: string }[]).map(({ name }) => name);
    const purged: Purged[] = [];
    for (const name of group === undefined ? names : names.filter((each) => each === group)) {
      const before = now - olderThan;
      const [horizon] = connection.prepare(HORIZON).all(name, name, before, ALL) as { version: Version }[];
      if (horizon === undefined) continue;
      const { version: purgedThrough } = horizon;
      connection.prepare(PURGE_THROUGH).run(purgedThrough, name);
      const { changes: tombstones } = connection.prepare(PURGE).run(name, purgedThrough);
      purged.push({ group: name, tombstones, purgedThrough });
    }
    connection.exec('COMMIT');
    return purged;
  } finally {
    connection.close();
  }
}
