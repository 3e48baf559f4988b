/*
 * The server's half of the way data takes:
 *
 *   push ⑦ → hold back → one turn of the writer: decide ⑧ → store, one transaction ⑨ → tell others → broadcast ⑩ → announce → acknowledge
 *
 * All groups of an SQLite file go through one such pipeline, because they share one connection; whatever has
 * arrived since the last commit shares the next. In PostgreSQL each group has a lane of its own, and other gateways are
 * told as soon as a commit is durable.
 */
import {
  lastValueFrom,
  of,
  pipe,
  tap,
  type MonoTypeOperatorFunction,
  type Observer,
  type OperatorFunction,
} from 'rxjs';
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
  /** Tells other gateways, where there are any. */
  readonly tellOthers: MonoTypeOperatorFunction<Committed>;
  /** What is in different lanes is committed at the same time. */
  readonly laneOf: (item: Queued) => string;
}

/** Pushes in, transactions out; each has been broadcast and acknowledged when it comes out. */
export const group = (deps: GroupDeps): OperatorFunction<Queued, Committed> =>
  pipe(
    deps.reservations.holdBack(),
    inTurns(
      deps.turns,
      deps.bound,
      (batch) =>
        lastValueFrom(
          of(batch).pipe(
            commitBatch(deps),
            deps.tellOthers,
            broadcast(deps.feeds),
            announce(deps.committed$),
            acknowledge(deps.feeds),
          ),
        ),
      deps.laneOf,
    ),
    tap(({ pushes }) => deps.reservations.decided(pushes)),
  );
