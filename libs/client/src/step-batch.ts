import type { ClientId, FeedCursor } from '@atomsync/protocol';
import type { LocalBatch, LocalDoc } from './store/local-store';

/** How far the answers of a line have been dealt with. */
export interface SeenMark {
  readonly number: number;
  /** The line is an older one and has nothing left. */
  readonly closed: boolean;
}

/** What counts once a batch is durable. */
export interface DurableMark {
  /** The place of the youngest own write; 0 when the batch holds none. */
  readonly order: number;
  /** Own lines whose answers have been dealt with, and through which number. */
  readonly seen: ReadonlyMap<ClientId, SeenMark>;
}

/** A batch in the making: what one step, or several one after the other, leave to be made durable. */
export class StepBatch implements DurableMark {
  order = 0;
  readonly seen = new Map<ClientId, SeenMark>();
  cursor: FeedCursor | undefined;
  #replace = false;
  readonly #docs = new Map<string, LocalDoc>();
  readonly #removed = new Set<string>();
  readonly #records = new Map<string, () => Uint8Array>();
  readonly #dropped = new Set<string>();

  /** The docs that follow are all there are; a cursor spoke of those before. */
  replace(): void {
    this.#replace = true;
    this.cursor = undefined;
    this.#docs.clear();
    this.#removed.clear();
  }

  putDoc(doc: LocalDoc): void {
    this.#docs.set(doc.key, doc);
    this.#removed.delete(doc.key);
  }

  removeDoc(key: string): void {
    this.#docs.delete(key);
    this.#removed.add(key);
  }

  /** `encode` is asked once the batch is stored: a record that is replaced before is never encoded. */
  putRecord(id: string, encode: () => Uint8Array): void {
    this.#records.set(id, encode);
    this.#dropped.delete(id);
  }

  dropRecord(id: string): void {
    this.#records.delete(id);
    this.#dropped.add(id);
  }

  /** Takes in a batch that comes after this one. */
  add(later: StepBatch): void {
    this.order = Math.max(this.order, later.order);
    for (const [clientId, mark] of later.seen) this.seen.set(clientId, mark);
    if (later.#replace) this.replace();
    for (const doc of later.#docs.values()) this.putDoc(doc);
    for (const key of later.#removed) this.removeDoc(key);
    for (const [id, encode] of later.#records) this.putRecord(id, encode);
    for (const id of later.#dropped) this.dropRecord(id);
    if (later.cursor) this.cursor = later.cursor;
  }

  toLocalBatch(): LocalBatch {
    return {
      replace: this.#replace,
      docs: [...this.#docs.values()],
      removed: [...this.#removed],
      records: new Map(Array.from(this.#records, ([id, encode]) => [id, encode()])),
      droppedRecords: [...this.#dropped],
      ...(this.cursor ? { cursor: this.cursor } : {}),
    };
  }
}
