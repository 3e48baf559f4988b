import type { Version } from '@atomsync/protocol';
import { statSync } from 'node:fs';
import type { Epoch } from '../store/commit-store';
import { openDatabase } from './open-database';

/** One group of a database. */
export interface GroupInfo {
  readonly name: string;
  /** Version of its last commit. */
  readonly head: Version;
  /** Docs that are there. */
  readonly docs: number;
  /** Deleted docs that are remembered. */
  readonly tombstones: number;
  /** Tombstones up to here are gone. */
  readonly purgedThrough: Version;
  /** Sum of the lengths of its docs, encoded. */
  readonly bytes: number;
}

/** What is in a database file. */
export interface DatabaseInfo {
  /** Size of the file, without the log beside it. */
  readonly bytes: number;
  /** All lives of the data, one per start of a server, in their order. */
  readonly epochs: readonly Epoch[];
  /** Ordered by name. */
  readonly groups: readonly GroupInfo[];
}

const EPOCHS = `SELECT "ordinal", "id", "startedAt" FROM "atomsync_epochs" ORDER BY "ordinal"`;

const GROUPS = `SELECT g."name", g."head", g."purgedThrough",
    count(d."key") - coalesce(sum(d."deleted"), 0) AS "docs", coalesce(sum(d."deleted"), 0) AS "tombstones",
    coalesce(sum(length(d."body")), 0) AS "bytes"
  FROM "atomsync_groups" AS g LEFT JOIN "atomsync_docs" AS d ON d."group" = g."name"
  GROUP BY g."name" ORDER BY g."name"`;

/**
 * Looks into an Atomsync database, also while a server serves it; all figures are of one moment.
 *
 * @throws AtomSyncServerError `NO_SUCH_DATABASE`, `NOT_A_DATABASE`, `DATABASE_DAMAGED`, `DATABASE_UNUSABLE`
 * @example
 * const { groups } = await inspectDatabase('atomsync.db');
 */
export function inspectDatabase(file: string): Promise<DatabaseInfo> {
  return new Promise((resolve) => {
    const connection = openDatabase(file, { readonly: true });
    try {
      connection.exec('BEGIN');
      const epochs = connection.prepare(EPOCHS).all() as Epoch[];
      const groups = connection.prepare(GROUPS).all() as GroupInfo[];
      resolve({ bytes: statSync(file).size, epochs, groups });
    } finally {
      connection.close();
    }
  });
}
