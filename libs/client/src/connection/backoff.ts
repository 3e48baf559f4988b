/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** Upper bound of the first wait. */
  readonly base: number;
  /** Upper bound of any wait that the server did not ask for. */
  readonly cap: number;
}

export const defaultBackoff: Backoff = { base: 200, cap: 30_000 };

/**
 * The wait before the next attempt: exponential with full jitter, a random part of
 * `min(cap, base · 2^attempt)`. Full jitter, because after an outage all clients fail at the same moment, and
 * any part of the wait they have in common brings them back at the same moment.
 *
 * `retryAfter` (what the server asked for) is waited in full, and the jitter comes on top of it.
 *
 * @param attempt attempts that failed before this one: 0, 1, 2…
 * @param random a number in [0, 1)
 * @example backoffDelay(defaultBackoff, 3, Math.random()) // 0 to 1,600 ms
 */
export const backoffDelay = (backoff: Backoff, attempt: number, random: number, retryAfter = 0): number =>
  Math.max(0, retryAfter) + Math.floor(random * Math.min(backoff.cap, backoff.base * 2 ** attempt));

/**
 * The wait before an attempt of which the platform says that it cannot succeed: a random part of the upper half
 * of `cap`. It may be wrong, so it is not the last word.
 */
export const standByDelay = ({ cap }: Backoff, random: number): number =>
  Math.floor((cap * (1 + random)) / 2);
