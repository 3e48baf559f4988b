import type { ClientId } from '@atomsync/protocol';
import type { UsedNumbers } from './apply';
import type { Confirmed } from './own-lines';
import type { PendingMutation } from './pending';

/** How much of what was accepted its author keeps, in case a restored server has lost it. */
export interface KeepAccepted {
  /** Mutations per group; 0 keeps none. */
  readonly count: number;
  /** Milliseconds since they were made. */
  readonly age: number;
}

export const DEFAULT_KEEP_ACCEPTED: KeepAccepted = { count: 256, age: 7 * 24 * 3600 * 1000 };

/**
 * The youngest own mutations that the server has accepted, oldest first. When a backup is restored there,
 * the authors are the only ones who still have what was committed after it was made.
 */
export class Accepted<D> {
  readonly #kept: PendingMutation<D>[] = [];
  readonly #bound: KeepAccepted;

  constructor(bound: KeepAccepted) {
    this.#bound = bound;
  }

  lines(): ClientId[] {
    return [...new Set(this.#kept.map(({ clientId }) => clientId))];
  }

  restore(mutations: readonly PendingMutation<D>[]): void {
    this.#kept.unshift(...mutations);
  }

  /** Keeps these, and tells which are let go: too many, or too old. */
  keep(confirmed: readonly Confirmed<D>[], now: number): readonly PendingMutation<D>[] {
    for (const { mutation } of confirmed) if (mutation.edits.size > 0) this.#kept.push(mutation);
    const excess = this.#kept.length - this.#bound.count;
    const old = this.#kept.findIndex(({ madeAt }) => madeAt >= now - this.#bound.age);
    return this.#kept.splice(0, Math.max(excess, old === -1 ? this.#kept.length : old, 0));
  }

  /** Takes out those whose numbers the server does not know (any more). */
  takeLost(used: readonly UsedNumbers[]): readonly PendingMutation<D>[] {
    const last = new Map(used.map((line) => [line.clientId, line.last]));
    const lost = this.#kept.filter(({ clientId, number }) => number > (last.get(clientId) ?? Infinity));
    if (lost.length > 0)
      this.#kept.splice(0, this.#kept.length, ...this.#kept.filter((kept) => !lost.includes(kept)));
    return lost;
  }
}
