import type { PendingMutation } from './pending';
import { putRejected } from './records';
import type { ReplicaState } from './replica-state';
import type { Moved } from './replica-types';
import type { StepBatch } from './step-batch';

/** Begins a new line, under which `lost` and behind it all of pending go out; what they write becomes dirty. */
export function renumber<D>(
  state: ReplicaState<D>,
  lost: readonly PendingMutation<D>[],
  dirty: Map<string, number>,
  batch: StepBatch,
): void {
  const offered = [...lost, ...state.pending.clear()];
  state.lines.begin(state.rules.newClientId());
  state.requeue(offered, dirty, batch);
}

/** The same for pending alone, rebased at once. */
export function renumberAll<D>(state: ReplicaState<D>, batch: StepBatch): Moved<D> {
  const { value: before } = state;
  const dirty = new Map<string, number>();
  renumber(state, [], dirty, batch);
  const outcome = state.rebase(dirty);
  state.store(outcome, batch);
  putRejected(outcome.refused, batch);
  batch.order = state.order;
  return state.moved(before, outcome);
}
