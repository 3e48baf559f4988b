import {
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  share,
  startWith,
  Subject,
  take,
  takeUntil,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { toSteps, type Steps } from '../apply';
import type { GroupMessage } from '../connection/session';
import { oneAtATime } from '../one-at-a-time';
import type { MutationId, PendingMutation } from '../pending';
import { encodePending } from '../records';
import type { Replica } from '../replica';
import type { FollowerMessage, LeaderMessage, OfferedMutation } from './tab-message';

type ToLeader = FollowerMessage extends infer M
  ? M extends FollowerMessage
    ? Omit<M, 'from' | 'group'>
    : never
  : never;

/** What the pipelines of a group run on in a tab that follows. */
export interface FollowContext<D> {
  readonly prefix: string;
  readonly replica: Replica<D>;
  /** What the leading tab says of the group. */
  readonly messages$: Observable<LeaderMessage>;
  /** Something was written here; completes when the group is to end. */
  readonly written$: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  /** What a mutation goes by in another tab. */
  readonly termsOf: (mutation: PendingMutation<D>) => PendingMutation<D>['terms'];
  say(message: ToLeader): void;
  apply(steps: Steps): void;
  /** Everything else that the leading tab says. */
  hear(message: Exclude<LeaderMessage, { kind: 'group' | 'again' | 'answered' }>): void;
}

/** How long a group that ends waits for the leading tab to take what was written; milliseconds. */
const LAST_OFFER = 2_000;

/** How many mutations are offered at once. */
const MAX_OFFERED = 500;

/**
 * The road of a group in a tab that follows: as `syncGroup`, with the leading tab in the place of the server,
 * and of the local store.
 *
 * ```text
 *  write → offer → leading tab (pending, durable) → server
 *                       ║
 *  atom  ←  apply  ←  its value
 * ```
 */
export function followGroup<D>(context: FollowContext<D>): Observable<never> {
  const { replica } = context;
  const messages$ = context.messages$.pipe(share());
  const ready$ = new Subject<void>();
  let attached = false;

  const attach = (): void => {
    attached = false;
    context.say({
      kind: 'attach',
      prefix: context.prefix,
      version: replica.others.migrations.version,
      lines: replica.lines(),
      held: replica.held.ids(),
    });
  };

  let returned: readonly MutationId[] | undefined;
  const incoming$ = messages$.pipe(
    filter((message) => message.kind === 'group'),
    tap((message) => (returned = message.returned)),
    map(({ message }): GroupMessage => message),
    toSteps(replica, attach),
    tap((steps) => {
      context.apply(withReturned(steps, returned));
      attached ||= steps[0]?.kind === 'catch-up';
      // What was given back goes out again.
      if (attached) ready$.next();
    }),
  );

  const answers$ = messages$.pipe(filter(({ kind }) => kind === 'again' || kind === 'answered'));
  const offers$ = merge(ready$, context.written$).pipe(
    oneAtATime(() => (attached ? offer(context, answers$) : EMPTY)),
    tap(() => {
      ready$.next();
    }),
  );

  const others$ = messages$.pipe(
    tap((message) => {
      if (message.kind === 'again') attach();
      else if (message.kind === 'group' || message.kind === 'answered') return;
      // How things stand there says nothing of this tab before it has the docs.
      else if (attached || message.kind !== 'news' || message.news.phase === 'refused') context.hear(message);
    }),
  );

  // Where the leading tab does not answer, what it has not taken ends with this tab.
  const ended$ = concat(
    context.written$.pipe(ignoreElements()),
    defer(() =>
      merge(
        ready$.pipe(
          startWith(undefined),
          filter(() => replica.pending.size === 0),
        ),
        timer(LAST_OFFER, context.scheduler),
      ),
    ),
  ).pipe(take(1));

  return merge(
    incoming$,
    offers$,
    others$,
    defer(() => (attach(), EMPTY)),
  ).pipe(ignoreElements(), takeUntil(ended$));
}

function offer<D>(context: FollowContext<D>, answers$: Observable<unknown>): Observable<unknown> {
  const { replica } = context;
  const mutations: OfferedMutation[] = [];
  for (const mutation of replica.pending) {
    if (mutations.length >= MAX_OFFERED) break;
    const record = encodePending({ ...mutation, terms: context.termsOf(mutation) });
    mutations.push({ record, ...(mutation.redeems && { redeems: mutation.redeems }) });
  }
  if (mutations.length === 0) return EMPTY;
  return merge(
    answers$.pipe(take(1)),
    defer(() => (context.say({ kind: 'offer', base: replica.version, mutations }), EMPTY)),
  );
}

function withReturned(steps: Steps, returned: readonly MutationId[] | undefined): Steps {
  const last = steps.at(-1);
  return last && returned ? [...steps.slice(0, -1), { ...last, returned }] : steps;
}
