import {
  defer,
  EMPTY,
  map,
  merge,
  mergeMap,
  take,
  throwError,
  timeout,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { ConnectionError } from './connection-error';

/** Milliseconds. */
export interface Heartbeat {
  /** Between two pings. They go out also while other traffic flows, because their answers carry feed heads. */
  readonly interval: number;
  /** How long after a ping the line may be silent before it is given up. */
  readonly timeout: number;
  /** The same after a ping out of turn, where something says that the line may be gone. */
  readonly probeTimeout: number;
}

export const defaultHeartbeat: Heartbeat = { interval: 20_000, timeout: 10_000, probeTimeout: 4_000 };

/** A timer that fires this much late, in milliseconds, says that the machine slept or the program was stopped. */
const LATE = 1_000;

/**
 * Pings by the clock, and whenever `probe$` asks; emits when a sign of life comes after a ping, and errors when
 * nothing at all is heard in time. Any traffic is a sign of life: a long catch-up on a slow line delays the
 * `pong` behind it.
 *
 * A time-out that comes late proves nothing: the machine slept, or the timers of a hidden page were held back,
 * and the answer had no chance to be heard. So there is one more ping; only one, because a browser can hold
 * back every timer of a page.
 */
export const heartbeat = (
  heard$: Observable<unknown>,
  ping: () => void,
  { interval: period, timeout: patience, probeTimeout }: Heartbeat,
  probe$: Observable<unknown>,
  scheduler: SchedulerLike,
): Observable<unknown> => {
  const answered = (within: number, isLast = false): Observable<unknown> =>
    defer(() => {
      const late = scheduler.now() + within + LATE;
      const answer$ = heard$.pipe(
        take(1),
        timeout({
          first: within,
          scheduler,
          with: () =>
            isLast || scheduler.now() < late ? throwError(() => silent(within)) : answered(within, true),
        }),
      );
      return merge(answer$, pinged$);
    });
  const pinged$ = defer(() => {
    ping();
    return EMPTY;
  });
  return merge(
    timer(period, period, scheduler).pipe(map(() => patience)),
    probe$.pipe(map(() => probeTimeout)),
  ).pipe(mergeMap((within) => answered(within)));
};

const silent = (patience: number): ConnectionError =>
  new ConnectionError(
    'HEARTBEAT_TIMEOUT',
    `Nothing was heard from the server for ${patience} ms after a ping; the connection is given up and made anew.`,
  );
