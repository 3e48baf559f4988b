import type { Change, DocState, Version } from '@atomsync/protocol';
import type { Principal } from '../auth/sync-auth';
import type { StoredCommit } from './stored-commit';

/** What a write of the server's own came to. */
export type WriteOutcome =
  | { readonly kind: 'accepted'; readonly commit: StoredCommit }
  /** It changes nothing. `epoch` is the ordinal of the one that made the group's head; 0 when there is none. */
  | { readonly kind: 'unchanged'; readonly version: Version; readonly epoch: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A write of the server's own: run on the docs as they stand when its turn comes, so it is never stale. */
export interface ServerWrite {
  readonly group: string;
  readonly clientId: string;
  readonly principal: Principal;
  /** The server's own word counts: `authorize` is not asked. */
  readonly trusted: boolean;
  /** All docs it may look at or write. */
  readonly keys: readonly string[];
  /** Pure: where the transaction fails, nothing of it has happened. What it throws is `failed`. */
  run(doc: (key: string) => DocState | undefined): readonly Change[];
  /** Hears once what became of it, after the commit. */
  done(outcome: WriteOutcome): void;
}

/** A write of the server's own that waits for the writer. */
export interface QueuedWrite {
  readonly write: ServerWrite;
}
