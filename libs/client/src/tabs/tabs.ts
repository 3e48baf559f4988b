import {
  BehaviorSubject,
  defer,
  endWith,
  exhaustMap,
  filter,
  map,
  merge,
  Subject,
  Subscription,
  switchMap,
  takeUntil,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { ConnectionNews, TabMessage, Term } from './tab-message';
import type { TabChannel, TabPlatform } from './tab-platform';

/**
 * What this tab is to the others.
 *
 * ```text
 *           has the lock
 *  waiting ──────────────▶ leading ◀──────────────────────────┐
 *   ▲   │                     │ the lock was stolen, or       │ nobody answers:
 *   │   │ hears of a leader   │ a later term is heard of      │ steals the lock
 *   │   └────────▶ following ─┼───────────────────────────────┘ or it is hidden, and this tab is not
 *   └─────────────────────────┘
 * ```
 */
export type Role =
  | { readonly kind: 'waiting' | 'signed-out' }
  | { readonly kind: 'leading' | 'following'; readonly term: Term };

/** The role of a tab that nobody is signed in to. */
export const SIGNED_OUT: Role = { kind: 'signed-out' };

/** The role of a tab that knows of no others. */
export const ALONE: Role = { kind: 'leading', term: { number: 0, tab: '' } };

export interface TabsOptions {
  readonly platform: TabPlatform;
  /** The tabs of one name share a lock, a channel, and a local store. */
  readonly name: string;
  /** A name for this tab that no other bears. */
  readonly tab: string;
  readonly scheduler: SchedulerLike;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** How the connection stands that the leading tab has. */
  readonly connection: () => ConnectionNews;
}

/** How often a tab makes sure that the leading one is there; milliseconds. */
const ASK_EVERY = 2_000;
/** How long the leading tab may take to answer; milliseconds. */
const ANSWER_WITHIN = 4_000;
/** How long a leading tab may be hidden while another one is seen: browsers slow hidden ones down. Milliseconds. */
const HIDDEN_FOR = 4_000;
/** A timer that is later than this was held up, with all of the tab: no reason to doubt another one. */
const HELD_UP = 500;

/** The tabs of one profile that share a connection and a local store: one of them leads. */
export class Tabs {
  readonly tab: string;
  /** What other tabs say, but for leaders whose term is over. */
  readonly messages$ = new Subject<TabMessage>();
  readonly #role$ = new BehaviorSubject<Role>({ kind: 'waiting' });
  readonly #options: TabsOptions;
  readonly #channel: TabChannel;
  readonly #steal$ = new BehaviorSubject(false);
  readonly #work = new Subscription();
  /** The number of the latest term heard of. */
  #latest = 0;
  /** Since when this tab is seen, and the leading one is not; milliseconds on the scheduler's clock. */
  #hiddenSince: number | undefined;

  constructor(options: TabsOptions) {
    const { platform, name, tab } = options;
    this.tab = tab;
    this.#options = options;
    this.#channel = platform.channel(name);
    this.#work.add(
      this.#channel.messages$.subscribe((message) => {
        this.#hear(message as TabMessage);
      }),
    );
    this.#work.add(
      this.#steal$
        .pipe(
          switchMap((steal) =>
            platform.lock(name, steal).pipe(
              map(() => true),
              endWith(false),
            ),
          ),
        )
        .subscribe((held) => {
          if (held) this.#lead();
          else this.#giveWay();
        }),
    );
    this.#work.add(
      merge(this.#unanswered$(), this.#outOfSight$()).subscribe(() => {
        this.#steal$.next(true);
      }),
    );
  }

  get role$(): Observable<Role> {
    return this.#role$;
  }

  get role(): Role {
    return this.#role$.value;
  }

  post(message: TabMessage): void {
    this.#channel.post(message);
  }

  /** Tells the others that this tab leads, and how its connection stands. */
  announce(): void {
    const { role } = this;
    if (role.kind !== 'leading') return;
    const { platform, connection } = this.#options;
    this.post({ kind: 'leader', term: role.term, connection: connection(), hidden: platform.isHidden() });
  }

  /** Leads on, as if from now: the others turn to it anew. */
  beginNewTerm(): void {
    if (this.role.kind === 'leading') this.#lead();
  }

  /** Gives the lock back: another tab takes over. */
  close(): void {
    this.#work.unsubscribe();
    this.#role$.complete();
    this.messages$.complete();
    this.#channel.close();
  }

  #lead(): void {
    this.#latest = Math.max(this.#latest + 1, this.#options.now());
    this.#role$.next({ kind: 'leading', term: { number: this.#latest, tab: this.tab } });
    this.announce();
  }

  /** The lock was taken away: stands in line for it again. */
  #giveWay(): void {
    if (this.role.kind === 'leading') this.#role$.next({ kind: 'waiting' });
    this.#steal$.next(false);
  }

  #hear(message: TabMessage): void {
    if ('term' in message) {
      const { term } = message;
      if (term.number < this.#latest) return;
      const { role } = this;
      if (term.number > this.#latest || role.kind === 'waiting') {
        this.#latest = term.number;
        this.#role$.next({ kind: 'following', term });
      }
    } else if (message.kind === 'who') {
      this.announce();
    }
    if (message.kind === 'leader') this.#noteHidden(message.hidden);
    this.messages$.next(message);
  }

  #noteHidden(hidden: boolean): void {
    const { platform, scheduler } = this.#options;
    if (!hidden || platform.isHidden()) this.#hiddenSince = undefined;
    else this.#hiddenSince ??= scheduler.now();
  }

  /** Emits when the leading tab has been hidden for a while, and this one is seen. */
  #outOfSight$(): Observable<unknown> {
    return this.messages$.pipe(
      filter(() => this.#options.scheduler.now() - (this.#hiddenSince ?? Infinity) >= HIDDEN_FOR),
      tap(() => (this.#hiddenSince = undefined)),
    );
  }

  /** Emits when nobody answers the question who leads. */
  #unanswered$(): Observable<unknown> {
    const { scheduler, random } = this.#options;
    const answered$ = this.messages$.pipe(filter((message) => 'term' in message));
    const asked$ = defer(() => {
      const wait = ANSWER_WITHIN + random() * HELD_UP;
      const due = scheduler.now() + wait;
      return timer(wait, scheduler).pipe(
        filter(() => scheduler.now() < due + HELD_UP),
        takeUntil(answered$),
      );
    });
    return this.#role$.pipe(
      map(({ kind }) => kind === 'leading'),
      switchMap((leading) => (leading ? [] : timer(0, ASK_EVERY, scheduler))),
      exhaustMap(() => (this.post({ kind: 'who' }), asked$)),
      filter(() => this.role.kind !== 'leading'),
    );
  }
}
