import { map, type OperatorFunction } from 'rxjs';

/** An atom or a cursor, as far as resetting is concerned. */
export interface Resettable<W, T> {
  reset(value: W): T;
}

/**
 * Resets `target` to each value of the source, and emits what the target has become. What a validator throws goes
 * to the error channel.
 *
 * @example
 * name$.pipe(reset(user.at('name'))).subscribe();
 */
export const reset = <W, T>(target: Resettable<W, T>): OperatorFunction<W, T> =>
  map((value) => target.reset(value));
