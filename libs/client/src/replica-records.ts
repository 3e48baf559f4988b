import { encodeBody, type Change } from '@atomsync/protocol';
import type { Edit, PendingMutation } from './pending';
import type { Refusal } from './rebase';
import {
  acceptedId,
  decodePending,
  encodePending,
  encodeRejected,
  isAcceptedId,
  isPendingId,
  pendingId,
  rejectedId,
  toRejected,
  type PendingRecord,
} from './records';
import type { LocalBatch } from './store/local-store';

type Identified = Pick<PendingMutation<unknown>, 'clientId' | 'number'>;

/** What one step changes among a group's records in the local store. */
export class Records {
  readonly #put = new Map<string, Uint8Array>();
  readonly #dropped = new Set<string>();

  /** The mutations a local store holds, each kind in its order. */
  static read(records: ReadonlyMap<string, Uint8Array>): {
    readonly pending: readonly PendingRecord[];
    readonly accepted: readonly PendingRecord[];
  } {
    const pending: PendingRecord[] = [];
    const accepted: PendingRecord[] = [];
    for (const [id, bytes] of records) {
      if (isPendingId(id)) pending.push(decodePending(bytes));
      else if (isAcceptedId(id)) accepted.push(decodePending(bytes));
    }
    const byOrder = (a: PendingRecord, b: PendingRecord): number => a.order - b.order;
    return { pending: pending.sort(byOrder), accepted: accepted.sort(byOrder) };
  }

  putPending(mutation: PendingRecord): void {
    this.#set(pendingId(mutation), encodePending(mutation));
  }

  dropPending(mutation: Identified): void {
    this.#drop(pendingId(mutation));
  }

  /** The server has it: it is kept for the day that it has not. */
  putAccepted<D>(mutation: PendingMutation<D>): void {
    this.dropPending(mutation);
    if (mutation.edits.size === 0) return;
    this.#set(
      acceptedId(mutation),
      encodePending({ ...mutation, changes: mutation.changes.map(whole(mutation.edits)) }),
    );
  }

  dropAccepted(mutation: Identified): void {
    this.#drop(acceptedId(mutation));
  }

  putRejected<D>(refusal: Refusal<D>): void {
    this.#set(rejectedId(refusal.mutation), encodeRejected(toRejected(refusal)));
  }

  batch(): LocalBatch {
    return { records: this.#put, droppedRecords: [...this.#dropped] };
  }

  #set(id: string, bytes: Uint8Array): void {
    this.#dropped.delete(id);
    this.#put.set(id, bytes);
  }

  #drop(id: string): void {
    this.#put.delete(id);
    this.#dropped.add(id);
  }
}

/** A patch is of no use once its doc has gone on: the whole doc stands in. */
function whole<D>(edits: ReadonlyMap<string, Edit<D>>): (change: Change) => Change {
  return (change) =>
    change.kind === 'patch'
      ? {
          kind: 'put',
          key: change.key,
          schemaVersion: change.schemaVersion,
          body: encodeBody(edits.get(change.key)?.after),
        }
      : change;
}
