import type { FeedCursor } from '@atomsync/protocol';
import type { LocalBatch, LocalDoc, LocalState } from './local-store';

/** What a group's batches amount to so far: the meaning of a batch, in one place for all stores. */
export class GroupContents {
  readonly #docs = new Map<string, LocalDoc>();
  readonly #records = new Map<string, Uint8Array>();
  #cursor: FeedCursor | undefined;
  #docsAreWhole: boolean;

  /** @param docsAreWhole `false` when docs were lost before: only a `replace` makes them whole again. */
  constructor(docsAreWhole = true) {
    this.#docsAreWhole = docsAreWhole;
  }

  apply(batch: LocalBatch): void {
    if (batch.replace) this.#replaceDocs();
    for (const id of batch.droppedRecords ?? []) this.#records.delete(id);
    for (const [id, record] of batch.records ?? []) this.#records.set(id, record);
    if (!this.#docsAreWhole) return;
    for (const key of batch.removed ?? []) this.#docs.delete(key);
    for (const doc of batch.docs ?? []) this.#docs.set(doc.key, doc);
    if (batch.cursor) this.#cursor = batch.cursor;
  }

  /** Forgets the docs and where they stood; records stay. */
  distrustDocs(): void {
    this.#replaceDocs();
    this.#docsAreWhole = false;
  }

  get isEmpty(): boolean {
    return this.#docs.size === 0 && this.#records.size === 0 && this.#cursor === undefined;
  }

  /** A copy: later batches do not show in it. */
  state(): LocalState {
    return { docs: [...this.#docs.values()], cursor: this.#cursor, records: new Map(this.#records) };
  }

  #replaceDocs(): void {
    this.#docs.clear();
    this.#cursor = undefined;
    this.#docsAreWhole = true;
  }
}
