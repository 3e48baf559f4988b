/*
 * The server's half of the way data takes:
 *
 *   push ⑦ → hold back → one turn of the writer: decide ⑧ → store, one transaction ⑨ → broadcast ⑩ → announce → acknowledge
 *
 * All groups of a database go through one such pipeline, because they share one connection; whatever has
 * arrived since the last commit shares the next.
 */
import { lastValueFrom, of, pipe, tap, type Observer, type OperatorFunction } from 'rxjs';
import { acknowledge } from './acknowledge';
import { announce } from './announce';
import type { StoredCommits } from './atoms/stored-commit';
import { broadcast } from './broadcast';
import { commitBatch, type CommitDeps, type Committed } from './commit-batch';
import type { Feeds } from './feeds/feeds';
import { inTurns, type BatchBound } from './in-turns';
import type { Queued } from './queued-push';
import type { Reservations } from './reservations';
import type { Turns } from './turns';

export interface GroupDeps extends CommitDeps {
  readonly turns: Turns;
  readonly bound: BatchBound<Queued>;
  readonly feeds: Feeds;
  readonly reservations: Reservations;
  /** Hears what each transaction stored. */
  readonly committed$: Pick<Observer<StoredCommits>, 'next'>;
}

/** Pushes in, transactions out; each has been broadcast and acknowledged when it comes out. */
export const group = (deps: GroupDeps): OperatorFunction<Queued, Committed> =>
  pipe(
    deps.reservations.holdBack(),
    inTurns(deps.turns, deps.bound, (batch) =>
      lastValueFrom(
        of(batch).pipe(commitBatch(deps), broadcast(deps.feeds), announce(deps.committed$), acknowledge()),
      ),
    ),
    tap(({ pushes }) => deps.reservations.decided(pushes)),
  );
