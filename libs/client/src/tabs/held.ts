import { authorOf, type MutationId, type PendingMutation } from '../pending';
import { pendingId } from '../records';

/** What this tab made and the leading tab has taken: kept with its function until the outcome is known. */
export class Held<D> {
  readonly #mutations = new Map<string, PendingMutation<D>>();

  get size(): number {
    return this.#mutations.size;
  }

  ids(): MutationId[] {
    return Array.from(this.#mutations.values(), authorOf);
  }

  hold(mutation: PendingMutation<D>): void {
    this.#mutations.set(pendingId(authorOf(mutation)), mutation);
  }

  get(id: MutationId): PendingMutation<D> | undefined {
    return this.#mutations.get(pendingId(id));
  }

  /** Hands one out, and knows it no more. */
  take(id: MutationId): PendingMutation<D> | undefined {
    const key = pendingId(id);
    const mutation = this.#mutations.get(key);
    this.#mutations.delete(key);
    return mutation;
  }

  takeAll(): PendingMutation<D>[] {
    const all = [...this.#mutations.values()];
    this.#mutations.clear();
    return all;
  }
}
