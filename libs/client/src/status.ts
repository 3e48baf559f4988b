import type { ClientError } from './errors';

/**
 * How a synced atom stands.
 *
 * - `loading`: the local store is being read
 * - `offline`: no connection; writes are kept and go out later
 * - `syncing`: connected, catching up
 * - `live`: caught up; commits arrive as they happen
 * - `paused`: the app said `pause()`
 * - `refused`: the server will not have this client or this group as it is; see `error`
 * - `closed`
 */
export type SyncPhase = 'loading' | 'offline' | 'syncing' | 'live' | 'paused' | 'refused' | 'closed';

export interface SyncStatus {
  readonly phase: SyncPhase;
  /** Own mutations not yet confirmed. */
  readonly pending: number;
  /** What stands in the way: of the connection, of the group, or of the local store. */
  readonly error?: ClientError;
}

export function sameStatus(a: SyncStatus, b: SyncStatus): boolean {
  return a.phase === b.phase && a.pending === b.pending && a.error === b.error;
}
