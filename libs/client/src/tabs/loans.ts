import { authorOf, type MutationId, type PendingMutation } from '../pending';
import { encodePending, lentId, pendingId } from '../records';
import type { StepBatch } from '../step-batch';

/**
 * Mutations of other tabs that the leading tab has taken out of value, for those tabs to run them again. Their
 * records stay in the local store until they are back, or have been merged as plain data.
 */
export class Loans<D> {
  readonly #mutations = new Map<string, PendingMutation<D>>();

  ids(): MutationId[] {
    return Array.from(this.#mutations.values(), authorOf);
  }

  lend(mutation: PendingMutation<D>, batch: StepBatch): void {
    this.#mutations.set(pendingId(authorOf(mutation)), mutation);
    batch.putRecord(lentId(authorOf(mutation)), () => encodePending(mutation));
  }

  /** These, and no others, are lent out. */
  restore(mutations: readonly PendingMutation<D>[]): void {
    this.#mutations.clear();
    for (const mutation of mutations) this.#mutations.set(pendingId(authorOf(mutation)), mutation);
  }

  storeAll(batch: StepBatch): void {
    for (const mutation of this.#mutations.values()) this.lend(mutation, batch);
  }

  /** It is back: `undefined` when it was before, in another way. */
  end(id: MutationId, batch: StepBatch): PendingMutation<D> | undefined {
    const key = pendingId(id);
    const mutation = this.#mutations.get(key);
    if (mutation === undefined) return undefined;
    this.#mutations.delete(key);
    batch.dropRecord(lentId(id));
    return mutation;
  }
}
