import { decodeBody, encodeBody, type ClientId } from '@atomsync/protocol';
import type { MutationId } from '../pending';
import { decodePending, decodeRejected, recordKind, takenId } from '../records';
import type { StepBatch } from '../step-batch';

/** How long a line is remembered that nothing is heard of any more; milliseconds. As long as a tab may sleep. */
const REMEMBERED = 14 * 24 * 3600 * 1000;

/**
 * Through which number the writes of each tab's line are in the local store: what a tab offers a second time,
 * to the next leading tab, say, is not taken twice.
 */
export class TakenNumbers {
  readonly #last = new Map<ClientId, number>();
  readonly #marks: boolean;

  /** @param marks whether there may be other tabs, whose lines are to be remembered */
  constructor(marks: boolean) {
    this.#marks = marks;
  }

  /** Goes by all that the local store knows of a line: its mark, its mutations, and what became of them. */
  restore(records: ReadonlyMap<string, Uint8Array>, now: number, batch: StepBatch): void {
    this.#last.clear();
    if (!this.#marks) return;
    const marked = new Set<ClientId>();
    for (const [id, bytes] of records) {
      switch (recordKind(id)) {
        case 'taken': {
          const [clientId, number, at] = decodeBody(bytes) as [ClientId, number, number];
          if (at < now - REMEMBERED) {
            batch.dropRecord(id);
          } else {
            marked.add(clientId);
            this.#raise({ clientId, number });
          }
          break;
        }
        case 'pending':
          this.#raise(decodePending(bytes));
          break;
        case 'rejected':
          this.#raise(decodeRejected(bytes));
          break;
        default:
      }
    }
    // Marks outlive the mutations they speak of.
    for (const [clientId, number] of this.#last) {
      if (!marked.has(clientId)) this.take({ clientId, number }, now, batch);
    }
  }

  last(clientId: ClientId): number {
    return this.#last.get(clientId) ?? 0;
  }

  has({ clientId, number }: MutationId): boolean {
    return number <= this.last(clientId);
  }

  take(id: MutationId, now: number, batch: StepBatch): void {
    this.#raise(id);
    batch.putRecord(takenId(id.clientId), () => encodeBody([id.clientId, this.last(id.clientId), now]));
  }

  storeAll(now: number, batch: StepBatch): void {
    if (this.#marks) for (const [clientId, number] of this.#last) this.take({ clientId, number }, now, batch);
  }

  #raise({ clientId, number }: MutationId): void {
    if (number > this.last(clientId)) this.#last.set(clientId, number);
  }
}
