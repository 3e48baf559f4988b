import { catchError, defer, EMPTY, exhaustMap, timer, type Observable, type SchedulerLike } from 'rxjs';
import { purgeTombstones, type PurgeDeps } from './purge-tombstones';

/** How long what is over is remembered; all in milliseconds. */
export interface Retention {
  /**
   * Deletions are remembered so long: clients that were away for less hear of them, those that were away for longer take
   * everything anew. `false`: for ever.
   */
  readonly tombstones: number | false;
  /** Lines that write no more are remembered so long; longer than authors keep what was accepted, a week by default. */
  readonly lines: number | false;
  /** Time between two looks. */
  readonly every: number;
}

const DAY = 24 * 60 * 60 * 1000;

export const DEFAULT_RETENTION: Retention = { tombstones: 30 * DAY, lines: 30 * DAY, every: DAY / 24 };

/** Nobody waits longer for the first look after a start. */
const FIRST_LOOK = 60_000;

export interface RetentionDeps extends PurgeDeps {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly scheduler: SchedulerLike;
  readonly onFault: (error: unknown) => void;
}

/** Removes what is old, again and again, until it is unsubscribed from. A look that fails is reported, and the next comes. */
export function retain({ tombstones, lines, every }: Retention, deps: RetentionDeps): Observable<unknown> {
  const { clock, scheduler, onFault, turns, store } = deps;
  const look = async (): Promise<void> => {
    const now = clock();
    if (tombstones !== false) await purgeTombstones(deps, { until: now - tombstones });
    if (lines !== false && !deps.isStopped()) await turns.take(() => store.purgeLines(now - lines));
  };
  const reported = (error: unknown): Observable<never> => {
    onFault(error);
    return EMPTY;
  };
  return timer(Math.min(every, FIRST_LOOK), every, scheduler).pipe(
    exhaustMap(() => defer(look).pipe(catchError(reported))),
  );
}
