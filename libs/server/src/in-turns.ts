import { Observable, type OperatorFunction } from 'rxjs';
import type { Turns } from './turns';

/** How much one batch may hold. The first element is always taken, however large. */
export interface BatchBound<T> {
  readonly max: number;
  size(item: T): number;
}

/**
 * Gathers what arrives while others have their turn, and hands as much as `bound` allows to `work` in one
 * turn of its own. What is over waits for the next. A failure of `work` is `work`'s to report; it ends
 * neither the stream nor the turns behind.
 */
export const inTurns =
  <T, R>(
    turns: Turns,
    bound: BatchBound<T>,
    work: (batch: readonly T[]) => Promise<R>,
  ): OperatorFunction<T, R> =>
  (source) =>
    new Observable<R>((subscriber) => {
      const waiting: T[] = [];
      let asked = 0;
      let ended = false;

      const finish = () => {
        if (ended && asked === 0) subscriber.complete();
      };
      const ask = () => {
        asked++;
        turns
          .take(() => work(takeBatch(waiting, bound)))
          .then(
            (result) => subscriber.next(result),
            (error: unknown) => subscriber.error(error),
          )
          .finally(() => {
            asked--;
            if (waiting.length > 0 && asked === 0) ask();
            finish();
          });
      };
      return source.subscribe({
        next: (item) => {
          waiting.push(item);
          if (asked === 0) ask();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          finish();
        },
      });
    });

function takeBatch<T>(waiting: T[], bound: BatchBound<T>): T[] {
  let total = 0;
  let count = 0;
  for (const item of waiting) {
    total += bound.size(item);
    if (count > 0 && total > bound.max) break;
    count++;
  }
  return waiting.splice(0, count);
}
