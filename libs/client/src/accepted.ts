import type { ClientId } from '@atomsync/protocol';
import type { UsedNumbers } from './apply';
import { encodeEdits, type Form } from './encode-edits';
import type { Confirmed } from './own-lines';
import type { PendingMutation } from './pending';
import { acceptedId, encodeNumber, pendingId, putPending, schemaVersionOf } from './records';
import type { StepBatch } from './step-batch';

/** How much of what was accepted its author keeps, in case a restored server has lost it. */
export interface KeepAccepted {
  /** Mutations per group; 0 keeps none. */
  readonly count: number;
  /** Milliseconds since they were made. */
  readonly age: number;
}

export const DEFAULT_KEEP_ACCEPTED: KeepAccepted = { count: 256, age: 7 * 24 * 3600 * 1000 };

/** How many more than that may gather before the oldest are let go, all at once. */
const SLACK = 64;

/**
 * The youngest own mutations that the server has accepted, oldest first. When a backup is restored there,
 * the authors are the only ones who still have what was committed after it was made. Their records stay as
 * they are in the local store; a record per line says through which number they are accepted.
 */
export class Accepted<D> {
  #kept: PendingMutation<D>[] = [];
  readonly #bound: KeepAccepted;

  constructor(bound: KeepAccepted) {
    this.#bound = bound;
  }

  lines(): ClientId[] {
    return [...new Set(this.#kept.map(({ clientId }) => clientId))];
  }

  restore(mutations: readonly PendingMutation<D>[]): void {
    this.#kept = [...mutations, ...this.#kept];
  }

  keep(confirmed: readonly Confirmed<D>[], now: number, batch: StepBatch): void {
    for (const { mutation } of confirmed) {
      batch.putRecord(acceptedId(mutation.clientId), () => encodeNumber(mutation.number));
      if (mutation.edits.size === 0) {
        batch.dropRecord(pendingId(mutation));
        continue;
      }
      if (mutation.changes.some(({ kind }) => kind === 'patch')) {
        putPending(whole(mutation), batch);
      }
      this.#kept.push(mutation);
    }
    const first = this.#kept[0];
    const excess = this.#kept.length - this.#bound.count;
    if (excess < SLACK && !(first && first.madeAt < now - this.#bound.age)) return;
    const young = this.#kept.findIndex(({ madeAt }) => madeAt >= now - this.#bound.age);
    const gone = this.#kept.splice(0, Math.max(excess, young === -1 ? this.#kept.length : young, 0));
    for (const mutation of gone) batch.dropRecord(pendingId(mutation));
  }

  /** Takes out those whose numbers the server does not know (any more). */
  takeLost(used: readonly UsedNumbers[]): readonly PendingMutation<D>[] {
    const last = new Map(used.map((line) => [line.clientId, line.last]));
    const isLost = ({ clientId, number }: PendingMutation<D>): boolean =>
      number > (last.get(clientId) ?? Infinity);
    const lost = this.#kept.filter(isLost);
    if (lost.length > 0) this.#kept = this.#kept.filter((mutation) => !isLost(mutation));
    return lost;
  }
}

/** A patch is of no use once its doc has gone on: the whole doc stands in. */
function whole<D>(mutation: PendingMutation<D>): PendingMutation<D> {
  const versions = new Map(mutation.changes.map((change) => [change.key, schemaVersionOf([change])]));
  const form = (key: string): Form => ({ schemaVersion: versions.get(key) ?? 1, whole: true });
  return { ...mutation, changes: encodeEdits(mutation.edits, { form }) };
}
