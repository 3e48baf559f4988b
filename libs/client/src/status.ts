import type { ConnectionStatus } from './connection/connection-status';
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
 * - `signed-out`: nobody is signed in; it is empty, and takes no writes
 * - `closed`
 */
export type SyncPhase =
  'loading' | 'offline' | 'syncing' | 'live' | 'paused' | 'refused' | 'signed-out' | 'closed';

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

/** What the phase of a group follows from. */
export interface PhaseFacts {
  readonly closed: boolean;
  readonly signedOut: boolean;
  /** The local store has been read. */
  readonly loaded: boolean;
  /** Caught up on this connection. */
  readonly live: boolean;
  readonly refused: boolean;
  readonly connection: ConnectionStatus;
}

export function phaseOf({ closed, signedOut, loaded, live, refused, connection }: PhaseFacts): SyncPhase {
  if (closed) return 'closed';
  if (signedOut) return 'signed-out';
  if (!loaded) return 'loading';
  if (refused) return 'refused';
  switch (connection.phase) {
    case 'online':
      return live ? 'live' : 'syncing';
    case 'connecting':
      return connection.attempt === 0 ? 'syncing' : 'offline';
    default:
      return connection.phase;
  }
}
