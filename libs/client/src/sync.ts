import type { ErrorMessage, Pushed, Version } from '@atomsync/protocol';
import {
  defer,
  EMPTY,
  endWith,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  pipe,
  share,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { toSteps } from './apply';
import type { GroupMessage, Session } from './connection/session';
import { debounceBurst } from './debounce';
import { journal } from './journal';
import { oneAtATime } from './one-at-a-time';
import { nextPush } from './push';
import type { DurableMark } from './step-batch';
import type { SyncContext } from './sync-context';

/** How long a push that failed for a passing reason waits when the server does not say. Milliseconds. */
const RETRY_AFTER = 1000;

/**
 * The road of one group, from its atom to the server and back. Completes when `batches$` has, and all of it
 * is durable.
 *
 * ```text
 *  write → batches$ → journal (durable) → debounce → push → session
 *                                                            ║
 *  atom  ←  apply: base, rebase pending  ←  steps  ←  messages
 * ```
 */
export function syncGroup<D>(context: SyncContext<D>): Observable<never> {
  const durable$ = context.batches$.pipe(
    journal(context.store, {
      failed: (error) => {
        context.storeFailed(error);
      },
      takenOver: context.takenOver,
      scheduler: context.scheduler,
    }),
    tap((mark) => {
      context.journaled(mark);
    }),
    share(),
  );
  const online$ = context.sessions$.pipe(
    tap(() => context.live(false)),
    switchMap((session) => (session ? whileOnline(context, session, durable$) : EMPTY)),
    takeUntil(durable$.pipe(ignoreElements(), endWith(undefined))),
  );
  return merge(durable$, online$).pipe(ignoreElements());
}

/** Catch up first, then push. */
function whileOnline<D>(
  context: SyncContext<D>,
  session: Session,
  durable$: Observable<DurableMark>,
): Observable<unknown> {
  const { replica } = context;
  const messages$ = session.group(context.group).pipe(share());
  const caughtUp$ = new Subject<void>();
  const answered$ = new Subject<void>();
  const tooOld$ = new Subject<void>();
  let live = false;
  /** The push that is on its way: a catch-up that comes meanwhile is no answer to it. */
  let pushing: object | undefined;

  const subscribe = (): void => {
    live = false;
    context.live(false);
    session.send(subscribeMessage(context));
  };

  const incoming$ = messages$.pipe(
    toSteps(replica, subscribe),
    tap((steps) => {
      const caughtUp = steps[0]?.kind === 'catch-up';
      if (steps.some(({ kind, full }) => kind === 'forget' && full)) {
        live = false;
        context.live(false);
      }
      const upgrade = replica.others.upgradeFor(steps);
      if (upgrade) {
        session.send({ type: 'unsubscribe', group: context.group });
        context.live(false);
        context.upgrade(upgrade);
        tooOld$.next();
        return;
      }
      try {
        context.apply(steps);
      } catch (error) {
        if (steps.some(({ full }) => full)) throw error;
        // What we have is not what the server made its changes on: a damaged local store. Take everything anew.
        context.distrust(error);
        subscribe();
        return;
      }
      if (!caughtUp) return;
      if (!pushing) context.answered();
      live = true;
      context.live(true);
      caughtUp$.next();
    }),
  );

  const outgoing$ = merge(
    caughtUp$,
    answered$,
    durable$.pipe(ownWrites(context.sendable()), debounceBurst(context.debounce, context.scheduler)),
  ).pipe(
    oneAtATime(() => {
      if (!live) return EMPTY;
      const push = (pushing = {});
      return pushOnce(context, session, messages$, caughtUp$).pipe(
        finalize(() => {
          // The next one may have gone out already, by what this one's answer set off.
          if (pushing === push) pushing = undefined;
        }),
      );
    }),
    tap((answer) => {
      if (missesDocs(answer, replica.version)) return subscribe();
      context.answered();
      answered$.next();
    }),
  );

  // A head beyond our version with nothing on the way: a broadcast was lost.
  const heal$ = session.heads(context.group).pipe(
    filter((head: Version) => live && head > replica.version),
    tap(subscribe),
  );

  // An older line that has nothing left: the server may forget it.
  const closed$ = durable$.pipe(
    mergeMap(({ seen }) => seen),
    filter(([, { closed }]) => closed),
    tap(([clientId, mark]) => {
      session.send({ type: 'seen', group: context.group, clientId, ...mark });
    }),
  );

  const refused$ = messages$.pipe(
    filter((message) => message.type === 'error'),
    tap((error) => context.refused(error)),
    // The feed was not opened, or was given up, for a reason that passes.
    filter(({ code, retryable }) => retryable && (!pushing || code === 'NOT_SUBSCRIBED')),
    switchMap((error) => retryTime(error, context.scheduler)),
    tap(subscribe),
  );

  return merge(
    incoming$,
    refused$,
    outgoing$,
    heal$,
    closed$,
    defer(() => (subscribe(), EMPTY)),
  ).pipe(takeUntil(tooOld$));
}

/** Marks that made an own write durable: others' commits are made durable too, and are no burst of ours. */
function ownWrites(durable: number): MonoTypeOperatorFunction<DurableMark> {
  let youngest = durable;
  return pipe(
    filter(({ order }) => order > youngest),
    tap(({ order }) => (youngest = order)),
  );
}

function subscribeMessage<D>({ group, prefix, replica }: SyncContext<D>) {
  const schemaVersion = replica.others.migrations.version;
  return {
    type: 'subscribe' as const,
    group,
    lines: replica.lines(),
    ...(prefix === '' ? {} : { prefix }),
    ...(replica.cursor ? { cursor: replica.cursor } : {}),
    ...(schemaVersion === 1 ? {} : { schemaVersion }),
  };
}

/** Says that the group may not be read (any more). What was pushed before is decided all the same, and answered. */
const WITHDRAWN = 'FORBIDDEN';

/**
 * Says that nothing of a push was tried, since its numbers do not go on from those that the server has used: a backup
 * that was put back, of the same version, knows of no refusals since.
 */
const GAP = 'MUTATION_GAP';

/**
 * Sends the next push and waits for its answer. Emits once when more may be sent at once, and completes
 * without a value when there is nothing (durable) to send.
 */
function pushOnce<D>(
  context: SyncContext<D>,
  session: Session,
  messages$: Observable<GroupMessage>,
  caughtUp$: Observable<unknown>,
): Observable<Pushed | undefined> {
  context.refuseOversize(session.welcome.limits);
  const push = nextPush(
    {
      group: context.group,
      base: context.replica.version,
      pending: context.replica.pending,
      durable: context.sendable(),
      seen: (clientId) => context.seen(clientId),
      serverTime: (time) => context.serverTime(time),
    },
    session.welcome.limits,
  );
  if (push === undefined) return EMPTY;
  const answer$ = messages$.pipe(
    filter(
      (message): message is Pushed | ErrorMessage =>
        (message.type === 'error' && message.code !== WITHDRAWN) ||
        (message.type === 'pushed' && message.clientId === push.clientId),
    ),
    take(1),
    mergeMap((message) => {
      if (message.type === 'pushed') return of(message);
      if (message.code === GAP) context.renumber();
      return afterError(message, context.scheduler, caughtUp$);
    }),
  );
  return merge(
    answer$,
    defer(() => {
      context.sending(push);
      session.send(push);
      return EMPTY;
    }),
  );
}

/** What is refused as it is may go out once the server has let us in again. */
function afterError(
  error: ErrorMessage,
  scheduler: SchedulerLike,
  caughtUp$: Observable<unknown>,
): Observable<undefined> {
  const again$ = error.retryable ? retryTime(error, scheduler) : caughtUp$.pipe(take(1));
  return again$.pipe(map(() => undefined));
}

function retryTime(
  { retryAfter = RETRY_AFTER }: ErrorMessage,
  scheduler: SchedulerLike,
): Observable<unknown> {
  return timer(retryAfter, scheduler);
}

/** An answer names docs, or a commit, that should have come before it: their frame was lost. */
function missesDocs(answer: Pushed | undefined, version: Version): boolean {
  if (answer === undefined) return false;
  return answer.results.some((result) =>
    result.kind === 'stale'
      ? result.docs.some((doc) => doc.version > version)
      : result.kind === 'accepted' && result.version > version,
  );
}
