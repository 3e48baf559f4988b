import type { Step } from './apply';
import { touches, type PendingMutation } from './pending';
import { emptied, type Refusal } from './rebase';
import { putPending } from './records';
import type { ReplicaState } from './replica-state';
import type { StepBatch } from './step-batch';

const MESSAGE =
  'The right to these docs was withdrawn before the server had confirmed the write. Retry it when the right is back.';

/** What a withdrawn right took out of value. */
interface Withdrawn<D> {
  readonly taken: readonly PendingMutation<D>[];
  /** Of these, the ones that will never be committed. */
  readonly refused: readonly Refusal<D>[];
}

/**
 * Gets pending, and what is kept beside base, ready for docs to be forgotten: own writes on them are taken out
 * of value and reported, and nothing of what they wrote stays in the local store but that report. The numbers they
 * have are still used up. What has gone out already is only taken out of value: it is the server's answer that says
 * whether it was committed.
 */
export function forget<D>(state: ReplicaState<D>, { full, docs }: Step, batch: StepBatch): Withdrawn<D> {
  const keys = new Map(docs.map(({ change }) => [change.key, undefined]));
  const taken: PendingMutation<D>[] = [];
  const refused: Refusal<D>[] = [];
  const replaced = new Map<PendingMutation<D>, PendingMutation<D>>();
  for (const mutation of state.pending) {
    if (mutation.edits.size === 0 && mutation.doubt === undefined) continue;
    if (!full && !touches(mutation, keys)) continue;
    taken.push(mutation);
    const refusal = { mutation, code: 'FORBIDDEN', message: MESSAGE };
    const isSent = state.doubts.maybeCommitted(mutation);
    if (!isSent) refused.push(refusal);
    const after = isSent ? withdrawn(mutation) : emptied(mutation);
    replaced.set(mutation, after);
    putPending(after, batch);
  }
  state.pending.replace(replaced);
  state.accepted.forget(full ? undefined : keys, batch);
  if (full) state.cursor = undefined;
  return { taken, refused };
}

/** Out of value until the server has answered. */
function withdrawn<D>(mutation: PendingMutation<D>): PendingMutation<D> {
  const edits = mutation.doubt?.edits ?? mutation.edits;
  return {
    ...mutation,
    edits: new Map(),
    doubt: { code: 'FORBIDDEN', message: MESSAGE, edits, isWithdrawn: true },
  };
}
