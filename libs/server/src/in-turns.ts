import { Observable, type OperatorFunction } from 'rxjs';
import type { Turns } from './turns';

/** How much one batch may hold. The first element is always taken, however large. */
export interface BatchBound<T> {
  readonly max: number;
  size(item: T): number;
}

interface Lane<T> {
  readonly waiting: T[];
  asked: number;
}

/**
 * Gathers what arrives while others have their turn, and hands as much as `bound` allows to `work` in one
 * turn of its own. What is over waits for the next. A failure of `work` is `work`'s to report; it ends
 * neither the stream nor the turns behind. What is in different lanes goes into different batches; all is in one by
 * default.
 */
export const inTurns =
  <T, R>(
    turns: Turns,
    bound: BatchBound<T>,
    work: (batch: readonly T[]) => Promise<R>,
    laneOf: (item: T) => string = () => '',
  ): OperatorFunction<T, R> =>
  (source) =>
    new Observable<R>((subscriber) => {
      const lanes = new Map<string, Lane<T>>();
      let ended = false;

      const finish = () => {
        if (ended && lanes.size === 0) subscriber.complete();
      };
      const ask = (name: string, lane: Lane<T>) => {
        lane.asked++;
        turns
          .take(() => work(takeBatch(lane.waiting, bound)))
          .then(
            (result) => subscriber.next(result),
            (error: unknown) => subscriber.error(error),
          )
          .finally(() => {
            lane.asked--;
            if (lane.waiting.length > 0 && lane.asked === 0) ask(name, lane);
            if (lane.asked === 0) lanes.delete(name);
            finish();
          });
      };
      return source.subscribe({
        next: (item) => {
          const name = laneOf(item);
          let lane = lanes.get(name);
          if (lane === undefined) lanes.set(name, (lane = { waiting: [], asked: 0 }));
          lane.waiting.push(item);
          if (lane.asked === 0) ask(name, lane);
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
