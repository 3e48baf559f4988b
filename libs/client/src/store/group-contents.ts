import type { FeedCursor } from '@atomsync/protocol';
import type { LocalBatch, LocalDoc, LocalState } from './local-store';

/** What a group's batches amount to so far: the meaning of a batch, in one place for all stores. */
export class GroupContents {
  readonly #docs = new Map<string, LocalDoc>();
  readonly #records = new Map<string, Uint8Array>();
  #cursor: FeedCursor | undefined;
  #docsAreWhole = true;

  apply(batch: LocalBatch): void {
    if (batch.replace) this.#replaceDocs();
    for (const id of batch.droppedRecords ?? []) this.#records.delete(id);
    for (const [id, record] of batch.records ?? []) this.#records.set(id, record);
    if (!this.#docsAreWhole) return;
    for (const key of batch.removed ?? []) this.#docs.delete(key);
    for (const doc of batch.docs ?? []) this.#docs.set(doc.key, doc);
    if (batch.cursor) this.#cursor = batch.cursor;
  }

  /** Docs were lost: forgets the others and where they stood, until a `replace` makes them whole again. */
  distrustDocs(): void {
    this.#replaceDocs();
    this.#docsAreWhole = false;
  }

  copy(): GroupContents {
    const { docs, cursor, records } = this.state();
    const copy = new GroupContents();
    copy.apply({ docs, records, ...(cursor && { cursor }) });
    return copy;
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
