import { pipe, tap, type OperatorFunction } from 'rxjs';
import type { ClientId, FeedCursor } from '@atomsync/protocol';
import { oneAtATime } from './one-at-a-time';
import type { LocalBatch, LocalDoc, LocalGroup } from './store/local-store';

/** What counts once a batch is durable. */
export interface DurableMark {
  /** The place of the youngest own write; 0 when the batch holds none. */
  readonly order: number;
  /** Own lines whose answers have been dealt with, and through which number. */
  readonly seen: ReadonlyMap<ClientId, SeenMark>;
}

export interface SeenMark {
  readonly number: number;
  /** The line is an older one and has nothing left. */
  readonly closed: boolean;
}

export interface JournalEntry extends DurableMark {
  readonly batch: LocalBatch;
}

export const NOTHING_SEEN: ReadonlyMap<ClientId, SeenMark> = new Map();

/**
 * Makes batches durable in order; those that come while an append is under way go together with the next.
 * Emits what has become durable. When an append fails, `failed` is told, its writes count as durable (in
 * memory is all there is), its seen marks wait, and its batch goes again with the next one: what can be saved
 * later is saved then.
 */
export function journal(
  store: LocalGroup,
  failed: (error: unknown) => void,
): OperatorFunction<JournalEntry, DurableMark> {
  let gathered = new Gathered();

  const append = async (): Promise<DurableMark> => {
    // One turn of the microtask queue collects what a synchronous loop writes.
    await Promise.resolve();
    const current = gathered;
    const { order } = current;
    gathered = new Gathered();
    try {
      await store.append(current.toEntry().batch);
    } catch (error) {
      const later = gathered;
      gathered = current;
      gathered.add(later.toEntry());
      failed(error);
      // What the server may forget must be remembered here first.
      return { order, seen: NOTHING_SEEN };
    }
    return current;
  };

  return pipe(
    tap((entry: JournalEntry) => {
      gathered.add(entry);
    }),
    oneAtATime(append),
  );
}

/** Batches put together into one that has the same effect. */
class Gathered implements DurableMark {
  order = 0;
  readonly seen = new Map<ClientId, SeenMark>();
  #replace = false;
  #cursor: FeedCursor | undefined;
  readonly #docs = new Map<string, LocalDoc>();
  readonly #removed = new Set<string>();
  readonly #records = new Map<string, Uint8Array>();
  readonly #dropped = new Set<string>();

  add({ batch, order, seen }: JournalEntry): void {
    this.order = Math.max(this.order, order);
    for (const [clientId, mark] of seen) this.seen.set(clientId, mark);
    if (batch.replace) {
      this.#replace = true;
      this.#docs.clear();
      this.#removed.clear();
      this.#cursor = undefined;
    }
    for (const doc of batch.docs ?? []) {
      this.#docs.set(doc.key, doc);
      this.#removed.delete(doc.key);
    }
    for (const key of batch.removed ?? []) {
      this.#docs.delete(key);
      this.#removed.add(key);
    }
    for (const [id, record] of batch.records ?? []) {
      this.#records.set(id, record);
      this.#dropped.delete(id);
    }
    for (const id of batch.droppedRecords ?? []) {
      this.#records.delete(id);
      this.#dropped.add(id);
    }
    if (batch.cursor) this.#cursor = batch.cursor;
  }

  toEntry(): JournalEntry {
    const batch = {
      replace: this.#replace,
      docs: [...this.#docs.values()],
      removed: [...this.#removed],
      records: this.#records,
      droppedRecords: [...this.#dropped],
      ...(this.#cursor ? { cursor: this.#cursor } : {}),
    };
    return { batch, order: this.order, seen: this.seen };
  }
}
