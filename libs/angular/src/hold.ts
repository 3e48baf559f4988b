import { computed, signal, untracked, type Signal } from '@angular/core';
import type { Observable } from 'rxjs';

/** A stream's latest value as a signal, until it is closed. */
export interface Held<T> {
  readonly value: Signal<T>;
  close(): void;
}

export type Equality<T> = (a: T, b: T) => boolean;

/**
 * Holds the latest value of a stream that replays. After its end the signal keeps the last value; after an error,
 * reading it throws that error.
 */
export function hold<T>(source: Observable<T>, initial: T, equal: Equality<T> = Object.is): Held<T> {
  const latest = signal(initial, { equal });
  const failure = signal<{ readonly error: unknown } | undefined>(undefined);
  // A computation may be what asks: what comes in at once is none of its own writes.
  const subscription = untracked(() =>
    source.subscribe({
      next: (value) => latest.set(value),
      error: (error: unknown) => failure.set({ error }),
    }),
  );
  const value = computed(() => {
    const failed = failure();
    if (failed) throw failed.error;
    return latest();
  });
  return { value, close: () => subscription.unsubscribe() };
}
