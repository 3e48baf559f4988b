import { authorOf, type MutationId, type PendingMutation } from '../pending';
import { withEdits } from '../rebase';
import { putPending, putRejected, type PendingRecord } from '../records';
import { NOTHING_REBASED, type ReplicaState } from '../replica-state';
import type { Moved } from '../replica-types';
import type { StepBatch } from '../step-batch';

/** A write as another tab offers it. */
export type Offered<D> = PendingRecord & Pick<PendingMutation<D>, 'redeems'>;

/**
 * Another tab leads from now on: what it has of the group takes the place of base, and what it has of our
 * writes leaves pending, with its first catch-up.
 */
export function follow<D>(state: ReplicaState<D>): void {
  const { lines, pending, rules } = state;
  state.follows = true;
  state.cursor = undefined;
  lines.begin(rules.newClientId());
  const dirty = new Map(state.dirty);
  for (const mutation of pending.clear()) {
    // What other tabs made is theirs to offer again, unless the one that leads has it already.
    if (mutation.author === undefined) pending.add(mutation);
    else for (const key of mutation.edits.keys()) dirty.set(key, -Infinity);
  }
  state.dirty = dirty;
}

/**
 * Takes a write of another tab, made on the present value; `undefined` when it was taken before, as itself or
 * as what it redeems.
 */
export function adopt<D>(
  state: ReplicaState<D>,
  offered: Offered<D>,
  batch: StepBatch,
): Moved<D> | undefined {
  const { taken, loans, lines, pending, rules } = state;
  const { redeems, ...record } = offered;
  const author = { clientId: record.clientId, number: record.number };
  if (taken.has(author)) return undefined;
  taken.take(author, rules.now(), batch);
  // What the tab that led before had taken and not stored is given back by one that never lent it.
  if (redeems && loans.end(redeems, batch) === undefined && taken.has(redeems)) return undefined;
  const before = state.value;
  const { edits } = state.read(record, before);
  const run = record.call && rules.revive(record.call);
  const mutation = { ...record, ...lines.allot(), author, edits, run, order: ++state.order };
  pending.add(mutation);
  state.value = withEdits(before, edits);
  putPending(mutation, batch);
  batch.order = state.order;
  return state.moved(before, NOTHING_REBASED);
}

/** A tab did not take its mutations back: they are merged as the plain data they came to. */
export function redeem<D>(state: ReplicaState<D>, ids: readonly MutationId[], batch: StepBatch): Moved<D> {
  const before = state.value;
  const dirty = new Map<string, number>();
  const back = ids.flatMap((id) => state.loans.end(id, batch) ?? []);
  const asData = back.map((mutation) => ({ ...mutation, author: authorOf(mutation), tied: undefined }));
  state.requeue(asData, dirty, batch);
  const outcome = state.rebase(dirty);
  state.store(outcome, batch);
  putRejected(outcome.refused, batch);
  batch.order = state.order;
  return state.moved(before, outcome);
}

/**
 * The leading tab gives these back to be run again. They go in front of pending, all under a new line: what
 * it was offered meanwhile on the value that still held them, it refuses as stale.
 */
export function takeBack<D>(
  state: ReplicaState<D>,
  ids: readonly MutationId[],
  dirty: Map<string, number>,
  batch: StepBatch,
): void {
  const back = ids.flatMap((id) => state.held.take(id) ?? []);
  if (back.length === 0) return;
  const named = back.map((mutation) => ({ ...mutation, redeems: authorOf(mutation) }));
  const offered = [...named, ...state.pending.clear()];
  state.lines.begin(state.rules.newClientId());
  state.requeue(offered, dirty, batch);
}
