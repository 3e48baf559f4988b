import {
  asyncScheduler,
  Observable,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';

/** How a burst of writes is collected before it is pushed. Milliseconds. */
export interface DebounceOptions {
  /** A burst is over when nothing has been written for this long. */
  readonly wait: number;
  /** A burst that does not end is pushed when its first unsent write is this old. */
  readonly maxWait: number;
}

export const DEFAULT_DEBOUNCE: DebounceOptions = { wait: 50, maxWait: 200 };

/**
 * Lets the first value after quiet through at once, and of a burst only one more: `wait` after its last
 * value, or `maxWait` after the first one held back.
 *
 * ```text
 * source  a-------b--c-d----------e---
 * result  a-----------------d-----e---      (wait is long enough to hold b and c back)
 * ```
 */
export function debounceBurst<T>(
  { wait, maxWait }: DebounceOptions,
  scheduler: SchedulerLike = asyncScheduler,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      let lastAt = -Infinity;
      let heldSince: number | undefined;
      let held: T;
      let timer: Subscription | undefined;

      const flush = (): void => {
        timer = undefined;
        const due = Math.min(lastAt + wait, (heldSince ?? 0) + maxWait);
        if (scheduler.now() < due) {
          timer = scheduler.schedule(flush, due - scheduler.now());
          return;
        }
        heldSince = undefined;
        subscriber.next(held);
      };

      const subscription = source.subscribe({
        next: (value) => {
          const now = scheduler.now();
          const quiet = now - lastAt >= wait;
          lastAt = now;
          if (quiet && heldSince === undefined) {
            subscriber.next(value);
            return;
          }
          held = value;
          heldSince ??= now;
          timer ??= scheduler.schedule(flush, Math.min(wait, maxWait));
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          if (heldSince !== undefined) subscriber.next(held);
          subscriber.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
        timer?.unsubscribe();
      };
    });
}
