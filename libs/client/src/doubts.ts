import type { ClientId } from '@atomsync/protocol';
import type { PendingMutation, PendingQueue } from './pending';
import { emptied, type Refusal } from './rebase';

/** The numbers of a line that have gone out and are not answered. */
export interface OnItsWay {
  readonly clientId: ClientId;
  readonly last: number;
}

/**
 * Mutations on their way that came to nothing here. Until the server answers, nobody knows: it may run a named swap
 * on docs that are newer still, and a right that was withdrawn may be back when the push is decided.
 */
export class Doubts<D> {
  #onItsWay: OnItsWay | undefined;
  /** Whether any mutation may be in doubt: most answers settle nothing, and must not look through pending. */
  #any = false;

  /** These go out now; with `undefined`, the push on its way has been answered or lost. */
  sending(push: OnItsWay | undefined): void {
    this.#onItsWay = push;
  }

  /** Whether a mutation that cannot stand here has to wait for the server's word. */
  mustWait(mutation: PendingMutation<D>): boolean {
    const { call, scope } = mutation;
    return call !== undefined && scope !== undefined && this.maybeCommitted(mutation);
  }

  /** Whether a mutation that is to be taken back has gone out: the server may have committed it all the same. */
  maybeCommitted({ clientId, number }: PendingMutation<D>): boolean {
    const push = this.#onItsWay;
    const waits = push?.clientId === clientId && number <= push.last;
    this.#any ||= waits;
    return waits;
  }

  /** Once nothing is on its way: what is still in doubt is refused after all, and emptied. */
  settle(pending: PendingQueue<D>): {
    readonly refused: readonly Refusal<D>[];
    readonly emptied: readonly PendingMutation<D>[];
  } {
    if (!this.#any) return { refused: [], emptied: [] };
    this.#any = false;
    const refused: Refusal<D>[] = [];
    const replaced = new Map<PendingMutation<D>, PendingMutation<D>>();
    for (const mutation of pending) {
      if (mutation.doubt === undefined) continue;
      refused.push({ mutation, code: mutation.doubt.code, message: mutation.doubt.message });
      replaced.set(mutation, emptied(mutation));
    }
    if (replaced.size > 0) pending.replace(replaced);
    return { refused, emptied: [...replaced.values()] };
  }
}
