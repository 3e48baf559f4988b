import { map, type OperatorFunction } from 'rxjs';

/** An atom or a cursor, as far as swapping is concerned. */
export interface Swappable<C, W, T> {
  swap<V>(fn: (current: C, value: V) => W, value: V): T;
}

/**
 * Swaps each value of the source into `target`, and emits what the target has become. What the function or a
 * validator throws goes to the error channel.
 *
 * @example
 * clicks$.pipe(swap(n, (x, click) => x + 1)).subscribe();
 */
export const swap = <V, C, W, T>(
  target: Swappable<C, W, T>,
  fn: (current: C, value: V) => W,
): OperatorFunction<V, T> => map((value) => target.swap(fn, value));
