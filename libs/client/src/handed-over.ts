import type { FeedCursor } from '@atomsync/protocol';
import type { StepBatch } from './step-batch';
import type { LocalDoc, LocalState } from './store/local-store';

/** The docs of a group as somebody read them for this client: the server that rendered the page, say. */
export interface HandedOver {
  readonly docs: readonly LocalDoc[];
  /** Where they stand; with it, the server sends only what has changed since. */
  readonly cursor?: FeedCursor | undefined;
}

/** What is known of a group before its local store has been read; asked once for each opening of a group. */
export type HandOver = (group: string, prefix: string) => HandedOver | undefined;

/**
 * What a group begins with, of what it was handed and what its local store holds. The younger one, where they speak of
 * the same feed. But where the store has writes of our own, what it holds: the docs that were handed over may have
 * them in already, and do not say so.
 */
export function takeUp(
  handed: HandedOver | undefined,
  stored: LocalState | undefined,
  batch: StepBatch,
): LocalState | undefined {
  if (!handed) return stored;
  const { docs, cursor } = handed;
  const records = stored?.records ?? new Map<string, Uint8Array>();
  const holds = stored?.cursor;
  if (holds && !(cursor?.token === holds.token && cursor.version > holds.version && records.size === 0))
    return stored;
  if (cursor) {
    batch.replace();
    for (const doc of docs) batch.putDoc(doc);
    batch.cursor = cursor;
  }
  return { docs, cursor, records };
}
