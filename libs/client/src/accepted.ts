import type { Change, ClientId, Version } from '@atomsync/protocol';
import type { UsedNumbers } from './apply';
import type { OwnWrite } from './covered';
import { encodeEdits, type Form } from './encode-edits';
import type { Confirmed } from './own-lines';
import type { Edit, PendingMutation } from './pending';
import { acceptedId, encodeAccepted, pendingId, putPending, schemaVersionOf } from './records';
import type { RestoredAccepted } from './restore-pending';
import type { StepBatch } from './step-batch';
import { editsBetween } from './undo';

/** How much of what was accepted its author keeps, in case a restored server has lost it. */
export interface KeepAccepted {
  /** Mutations per group; 0 keeps none. */
  readonly count: number;
  /** Milliseconds since they were made; those that are older are let go when a process starts. */
  readonly age: number;
}

export const DEFAULT_KEEP_ACCEPTED: KeepAccepted = { count: 256, age: 7 * 24 * 3600 * 1000 };

/** How many more than that may gather before the oldest are let go, all at once. */
const SLACK = 64;

/** Edits of a mutation, as far as they are known for certain. */
type Wrote<D> = ReadonlyMap<string, Edit<D>>;

interface Kept<D> {
  readonly mutation: PendingMutation<D>;
  readonly version: Version;
  readonly wrote: Wrote<D> | { readonly undo: readonly Change[] };
}

/**
 * The youngest own mutations that the server has accepted, oldest first. When a backup is restored there,
 * the authors are the only ones who still have what was committed after it was made; and what others cover of
 * them is told. Their records stay as they are in the local store; a record per line says through which number
 * they are accepted, and as which versions.
 */
export class Accepted<D> {
  #kept: Kept<D>[] = [];
  readonly #bound: KeepAccepted;

  constructor(bound: KeepAccepted) {
    this.#bound = bound;
  }

  lines(): ClientId[] {
    return [...new Set(this.#kept.map(({ mutation }) => mutation.clientId))];
  }

  /** Takes up those that are not too old: looked at here alone, a clock that jumps does not count as years. */
  restore(accepted: readonly RestoredAccepted<D>[], now: number, batch: StepBatch): void {
    this.#kept = [];
    for (const { mutation, version, undo } of accepted) {
      if (mutation.madeAt < now - this.#bound.age) batch.dropRecord(pendingId(mutation));
      else this.#kept.push({ mutation, version, wrote: undo ? { undo } : NOTHING_KNOWN });
    }
  }

  /** @param committed what the commit of the only one `confirmed` made of its docs, where it has been seen */
  keep(confirmed: readonly Confirmed<D>[], committed: Wrote<D> | undefined, batch: StepBatch): void {
    for (const { mutation, version } of confirmed) {
      const { clientId, number } = mutation;
      batch.putRecord(acceptedId(clientId), () => encodeAccepted(number, this.#versions(clientId)));
      if (mutation.edits.size === 0) {
        batch.dropRecord(pendingId(mutation));
        continue;
      }
      if (mutation.changes.some(({ kind }) => kind === 'patch')) {
        putPending(whole(mutation), batch);
      }
      // The server may have run a swap itself, to another end than was shown here.
      const wrote = committed ?? (mutation.call && mutation.scope ? NOTHING_KNOWN : mutation.edits);
      this.#kept.push({ mutation, version, wrote });
    }
    const excess = this.#kept.length - this.#bound.count;
    if (excess < SLACK) return;
    for (const { mutation } of this.#kept.splice(0, excess)) batch.dropRecord(pendingId(mutation));
  }

  /** What is known of own accepted writes of one doc. */
  writesOf(key: string): OwnWrite<D>[] {
    const writes: OwnWrite<D>[] = [];
    for (const { mutation, version, wrote } of this.#kept) {
      const edit = known(mutation.changes, wrote, key);
      if (edit) writes.push({ version, edit, policy: mutation.terms.onConflict });
    }
    return writes;
  }

  /** Lets those go that wrote any of these docs, or all. */
  forget(keys: ReadonlyMap<string, unknown> | undefined, batch: StepBatch): void {
    const isGone = ({ changes }: PendingMutation<D>): boolean =>
      keys === undefined || changes.some(({ key }) => keys.has(key));
    for (const { mutation } of this.#kept) if (isGone(mutation)) batch.dropRecord(pendingId(mutation));
    this.#kept = this.#kept.filter(({ mutation }) => !isGone(mutation));
  }

  /** Takes out those whose numbers the server does not know (any more). */
  takeLost(used: readonly UsedNumbers[]): readonly PendingMutation<D>[] {
    const last = new Map(used.map((line) => [line.clientId, line.last]));
    const isLost = ({ mutation: { clientId, number } }: Kept<D>): boolean =>
      number > (last.get(clientId) ?? Infinity);
    const lost = this.#kept.filter(isLost);
    if (lost.length > 0) this.#kept = this.#kept.filter((kept) => !isLost(kept));
    return lost.map(({ mutation }) => mutation);
  }

  *#versions(line: ClientId): Iterable<readonly [number, Version]> {
    for (const { mutation, version } of this.#kept)
      if (mutation.clientId === line) yield [mutation.number, version];
  }
}

const NOTHING_KNOWN = new Map<string, never>();

/** What was read back from the store is decoded when it is asked for. */
function known<D>(changes: readonly Change[], wrote: Kept<D>['wrote'], key: string): Edit<D> | undefined {
  if (!('undo' in wrote)) return wrote.get(key);
  const isOfDoc = (change: Change): boolean => change.key === key;
  return editsBetween<D>(changes.filter(isOfDoc), wrote.undo.filter(isOfDoc)).get(key);
}

/** A patch is of no use once its doc has gone on: the whole doc stands in. */
function whole<D>(mutation: PendingMutation<D>): PendingMutation<D> {
  const versions = new Map(mutation.changes.map((change) => [change.key, schemaVersionOf([change])]));
  const form = (key: string): Form => ({ schemaVersion: versions.get(key) ?? 1, whole: true });
  return { ...mutation, changes: encodeEdits(mutation.edits, { form }) };
}
