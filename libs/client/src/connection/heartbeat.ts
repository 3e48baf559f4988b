import {
  defer,
  EMPTY,
  exhaustMap,
  ignoreElements,
  interval,
  merge,
  take,
  throwError,
  timeout,
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
}

export const defaultHeartbeat: Heartbeat = { interval: 20_000, timeout: 10_000 };

/**
 * Pings by the clock, and whenever `probe$` asks; errors when nothing at all is heard in time after a ping.
 * Any traffic is a sign of life: a long catch-up on a slow line delays the `pong` behind it.
 */
export const heartbeat = (
  heard$: Observable<unknown>,
  ping: () => void,
  { interval: period, timeout: patience }: Heartbeat,
  probe$: Observable<unknown>,
  scheduler: SchedulerLike,
): Observable<never> => {
  const pinged$ = defer(() => {
    ping();
    return EMPTY;
  });
  const answered$ = heard$.pipe(
    take(1),
    timeout({ first: patience, scheduler, with: () => throwError(() => silent(patience)) }),
    ignoreElements(),
  );
  return merge(interval(period, scheduler), probe$).pipe(exhaustMap(() => merge(answered$, pinged$)));
};

const silent = (patience: number): ConnectionError =>
  new ConnectionError(
    'HEARTBEAT_TIMEOUT',
    `Nothing was heard from the server for ${patience} ms after a ping; the connection is given up and made anew.`,
  );
