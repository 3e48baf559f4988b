import type { Confirmed } from './own-lines';
import { authorOf, type PendingMutation } from './pending';
import { rebase, type Refusal } from './rebase';
import { pendingId, putPending, putRejected, readMutations, readRejected } from './records';
import type { ReplicaState } from './replica-state';
import type { Moved } from './replica-types';
import { restoreAccepted, restorePending } from './restore-pending';
import type { StepBatch } from './step-batch';
import type { LocalState } from './store/local-store';

export interface Restored<D> {
  readonly moved: Moved<D>;
  /** Writes through this place are in the store. */
  readonly durable: number;
}

/**
 * Takes up what the local store holds; writes made meanwhile are rebased on top of it. So are those that were
 * made while another tab led, but for what that tab has put into the store already.
 */
export function restore<D>(state: ReplicaState<D>, stored: LocalState, batch: StepBatch): Restored<D> {
  const { rules, others, lines, loans } = state;
  const before = state.value;
  const { pending, accepted, lent } = readMutations(stored.records);
  const mine = takeOwn(state);
  state.taken.restore(stored.records, rules.now(), batch);
  if (state.follows) lines.begin(rules.newClientId());
  state.base = others.load(stored.docs, before);
  state.cursor = stored.cursor;
  state.shown = state.version;
  state.accepted = state.noneAccepted();
  state.accepted.restore(restoreAccepted(accepted, state.base, others, rules), rules.now(), batch);

  const restored = restorePending(pending, state.base, others, rules);
  for (const mutation of restored.mutations) lines.restore(asMade(mutation, mine));
  for (const mutation of restored.migrated) putPending(mutation, batch);
  const { docs } = restored;
  loans.restore(restorePending(lent, docs, others, rules).mutations);
  const { early, confirmed, refused: known } = standing(state, mine, stored, batch);

  const durable = pending.at(-1)?.order ?? 0;
  state.order = durable;
  // As large as the group: only where there is something to rebase.
  const everything = new Map(early.length === 0 ? [] : Array.from(docs.keys(), (key) => [key, -Infinity]));
  const outcome = rebase(docs, early, everything, rules);
  for (const mutation of early) {
    const name = state.follows ? lines.allot() : {};
    const added = { ...(outcome.replaced.get(mutation) ?? mutation), ...name, order: ++state.order };
    state.pending.add(added);
    putPending(added, batch);
  }
  state.follows = false;
  state.value = outcome.value;
  const refused = [...restored.refused, ...outcome.refused];
  putRejected(refused, batch);
  batch.order = state.order;
  return { moved: { ...outcome, before, confirmed, refused: [...known, ...refused] }, durable };
}

/** What this tab made and has not heard the outcome of, by its name. */
function takeOwn<D>({ held, pending }: ReplicaState<D>): Map<string, PendingMutation<D>> {
  const own = [...held.takeAll(), ...pending.clear()];
  return new Map(own.map((mutation) => [pendingId(mutation), mutation]));
}

/** A stored mutation, with its function where this tab made it. */
function asMade<D>(mutation: PendingMutation<D>, mine: Map<string, PendingMutation<D>>): PendingMutation<D> {
  const id = pendingId(authorOf(mutation));
  const own = mine.get(id);
  mine.delete(id);
  if (own === undefined) return mutation;
  const { run, receipt, terms } = own;
  return { ...mutation, author: undefined, run, receipt, terms };
}

interface Standing<D> {
  /** Not in the store, or lent back to this tab. */
  readonly early: readonly PendingMutation<D>[];
  readonly confirmed: readonly Confirmed<D>[];
  readonly refused: readonly Refusal<D>[];
}

/** How own mutations stand that the local store does not hold as pending. */
function standing<D>(
  { taken, loans, version }: ReplicaState<D>,
  mine: ReadonlyMap<string, PendingMutation<D>>,
  { records }: LocalState,
  batch: StepBatch,
): Standing<D> {
  const early: PendingMutation<D>[] = [];
  const confirmed: Confirmed<D>[] = [];
  const refused: Refusal<D>[] = [];
  const rejected = mine.size > 0 ? readRejected(records) : [];
  for (const [id, mutation] of mine) {
    const no = rejected.find((record) => pendingId(authorOf(record)) === id);
    if (no) refused.push({ mutation: { ...mutation, clientId: no.clientId, number: no.number }, ...no });
    else if (!taken.has(mutation) || loans.end(mutation, batch)) early.push(mutation);
    else confirmed.push({ mutation, version });
  }
  return { early, confirmed, refused };
}
