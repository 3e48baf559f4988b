import {
  connect,
  endWith,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  Subject,
  switchMap,
  takeUntil,
  tap,
  timer,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { errorCode } from './errors';
import { oneAtATime } from './one-at-a-time';
import { StepBatch, type DurableMark } from './step-batch';
import type { LocalGroup } from './store/local-store';

/** A batch that has been dealt with. */
export interface JournalMark extends DurableMark {
  /** Not so where the store failed: for now its writes live in memory alone. */
  readonly stored: boolean;
  /** Stored: docs that are whole, and where they stand. */
  readonly whole: boolean;
}

export interface JournalOptions {
  /** Told why an append failed, and `undefined` once all is stored again. */
  readonly failed: (error: unknown) => void;
  /** Another tab that takes the store over takes over all else, too: what the store refuses then is left to it. */
  readonly takenOver?: (() => void) | undefined;
  readonly scheduler: SchedulerLike;
}

/** How long a store that failed is left alone, at first and at most; milliseconds. */
const RETRY = { first: 1_000, most: 60_000 };

/**
 * Makes batches durable in order; those that come while an append is under way go together with the next.
 * Emits what has been dealt with. When an append fails, its writes go on in memory, and its batch goes again with
 * the next one, or by itself after a while: what can be saved later is saved then.
 *
 * A store that was taken over is somebody else's, and is not tried again.
 */
export function journal(
  store: LocalGroup,
  { failed, takenOver, scheduler }: JournalOptions,
): OperatorFunction<StepBatch, JournalMark> {
  const retry$ = new Subject<number>();
  let gathered = new StepBatch();
  let failures = 0;

  const append = async (): Promise<readonly JournalMark[]> => {
    // One turn of the microtask queue collects what a synchronous loop writes.
    await Promise.resolve();
    const current = gathered;
    gathered = new StepBatch();
    try {
      await store.append(current.toLocalBatch());
    } catch (error) {
      const later = gathered;
      const { order } = current;
      gathered = current;
      gathered.add(later);
      failed(error);
      const lost = errorCode(error) === 'STORE_CLOSED';
      if (lost && takenOver) {
        takenOver();
        return [];
      }
      if (!lost) retry$.next(Math.min(RETRY.most, RETRY.first * 2 ** failures));
      failures++;
      return [{ order, seen: new Map(), stored: false, whole: false }];
    }
    if (failures > 0) failed(undefined);
    failures = 0;
    const { order, seen, cursor } = current;
    return [{ order, seen, stored: true, whole: cursor !== undefined }];
  };

  return connect((batches$) => {
    const ended$ = batches$.pipe(ignoreElements(), endWith(undefined));
    const again$ = retry$.pipe(
      switchMap((delay) => timer(delay, scheduler)),
      map(() => new StepBatch()),
      takeUntil(ended$),
    );
    return merge(batches$, again$).pipe(
      tap((batch) => {
        gathered.add(batch);
      }),
      oneAtATime(() => from(append()).pipe(mergeMap((marks) => marks))),
    );
  });
}
