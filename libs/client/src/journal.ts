import { pipe, tap, type OperatorFunction } from 'rxjs';
import { oneAtATime } from './one-at-a-time';
import { StepBatch, type DurableMark } from './step-batch';
import type { LocalGroup } from './store/local-store';

/**
 * Makes batches durable in order; those that come while an append is under way go together with the next.
 * Emits what has become durable. When an append fails, `failed` is told, its writes count as durable (in
 * memory is all there is) and its batch goes again with the next one: what can be saved later is saved then.
 */
export function journal(
  store: LocalGroup,
  failed: (error: unknown) => void,
): OperatorFunction<StepBatch, DurableMark> {
  let gathered = new StepBatch();

  const append = async (): Promise<DurableMark> => {
    // One turn of the microtask queue collects what a synchronous loop writes.
    await Promise.resolve();
    const current = gathered;
    gathered = new StepBatch();
    try {
      await store.append(current.toLocalBatch());
      return current;
    } catch (error) {
      const later = gathered;
      const { order } = current;
      gathered = current;
      gathered.add(later);
      failed(error);
      return { order, seen: new Map() };
    }
  };

  return pipe(
    tap((batch: StepBatch) => {
      gathered.add(batch);
    }),
    oneAtATime(append),
  );
}
