import type { Body, FeedCursor } from '@atomsync/protocol';
import type { LocalStoreError } from './local-store-error';

/** A confirmed doc as it came over the wire. */
export interface LocalDoc {
  readonly key: string;
  readonly schemaVersion: number;
  readonly body: Body;
}

/** All that one group left behind. */
export interface LocalState {
  readonly docs: readonly LocalDoc[];
  /** Where `docs` stand; absent before the first catch-up. */
  readonly cursor: FeedCursor | undefined;
  /** Pending mutations and whatever else the client must not forget, by id, in no particular order. */
  readonly records: ReadonlyMap<string, Uint8Array>;
  /** What was wrong with it when it was opened, and has been repaired; docs and records may be missing. */
  readonly damage?: LocalStoreError;
}

/**
 * One step of a group: durable as a whole, or not at all. Forgetting comes before keeping: a key that is both
 * removed and among the docs stays, and so does a record that is both dropped and given.
 */
export interface LocalBatch {
  /**
   * The docs of this batch are all there are: forget every other doc first (records stay), and the cursor,
   * which spoke of them; the batch's own cursor, if any, takes its place.
   */
  readonly replace?: boolean;
  readonly docs?: readonly LocalDoc[];
  readonly removed?: readonly string[];
  readonly cursor?: FeedCursor;
  readonly records?: ReadonlyMap<string, Uint8Array>;
  readonly droppedRecords?: readonly string[];
}

/** The part of a local store that belongs to one group. */
export interface LocalGroup {
  /** What the batches appended so far amount to; `undefined` when there were none. */
  load(): Promise<LocalState | undefined>;
  /**
   * Makes `batch` durable as a whole or not at all, after all batches before it. Resolves when it would
   * survive the end of the process (and, where the medium can promise it, of the machine). Callers need
   * not wait for one before they append the next; an implementation may make several durable at once.
   * Rejects with a `LocalStoreError`; the group is then still loadable, without the batch. Since every batch
   * builds on those before it, all later ones are refused with the same error until the group is closed and
   * opened again.
   */
  append(batch: LocalBatch): Promise<void>;
  close(): Promise<void>;
}

/** Port: where a client keeps its groups between two lives of the process. */
export interface LocalStore {
  /** Opens (and creates) the part of one group. A group is open once at a time. */
  open(group: string): Promise<LocalGroup>;
  /** The groups to which anything was appended since the last wipe. */
  groups(): Promise<readonly string[]>;
  /** Forgets everything. */
  wipe(): Promise<void>;
  close(): Promise<void>;
  /** Forgets everything, closes, and removes what it was kept in. Absent where `wipe` and `close` leave nothing. */
  remove?(): Promise<void>;
}
