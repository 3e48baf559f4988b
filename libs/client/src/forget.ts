import type { Step } from './apply';
import { touches, type PendingMutation } from './pending';
import { emptied, type Refusal } from './rebase';
import { putPending } from './records';
import type { ReplicaState } from './replica-state';
import type { StepBatch } from './step-batch';

const MESSAGE =
  'The right to these docs was withdrawn before the server had confirmed the write. Retry it when the right is back.';

/**
 * Gets pending, and what is kept beside base, ready for docs to be forgotten: own writes on them are taken out
 * of value and reported, and nothing of what they wrote stays in the local store but that report. The numbers they
 * have are still used up.
 */
export function forget<D>(
  state: ReplicaState<D>,
  { full, docs }: Step,
  batch: StepBatch,
): readonly Refusal<D>[] {
  const keys = new Map(docs.map(({ change }) => [change.key, undefined]));
  const refused: Refusal<D>[] = [];
  const replaced = new Map<PendingMutation<D>, PendingMutation<D>>();
  for (const mutation of state.pending) {
    if (mutation.edits.size === 0 && mutation.doubt === undefined) continue;
    if (!full && !touches(mutation, keys)) continue;
    refused.push({ mutation, code: 'FORBIDDEN', message: MESSAGE });
    const after = emptied(mutation);
    replaced.set(mutation, after);
    putPending(after, batch);
  }
  state.pending.replace(replaced);
  state.accepted.forget(full ? undefined : keys, batch);
  if (full) state.cursor = undefined;
  return refused;
}
