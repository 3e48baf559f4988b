import type { Version } from '@atomsync/protocol';

/** What a purge removed of one group. */
export interface Purged {
  readonly group: string;
  /** How many tombstones went. */
  readonly tombstones: number;
  /** Clients that were last here before this version take everything anew. */
  readonly purgedThrough: Version;
}
