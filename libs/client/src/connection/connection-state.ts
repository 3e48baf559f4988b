/*
 *              resume                opened               welcomed            offline
 *   paused ───────────▶ connecting ─────────▶ greeting ─────────────▶ online ─────────▶ doubted
 *                        ▲  ▲   │                 │                    │  ▲              │  │
 *           due,         │  │   │                 │                    │  └──────────────┘  │
 *           reconnectNow │  │   │                 │                    │       heard        │
 *                        │  │   └──────┬──────────┴───────────┬────────┴────────────────────┘
 *                        │  │          │ lost, frozen,        │ refused
 *                        │  │          │ offline (no session) │
 *                        │  │          ▼                      ▼
 *                        │  │       waiting                refused
 *                        └──┼──────────┘                      │
 *                           └─────────────────────────────────┘ resume
 *
 *   pause: from anywhere but closed to paused.   close: from anywhere to closed, for good.
 *   attempt = 0: by settled; by online and reconnectNow where there is no session.
 *   waiting: offline and frozen put `retryAt` off, online brings it near; not where the server asked to wait.
 *
 *   connecting   the hello is being made up and the socket opened
 *   greeting     hello is sent, welcome awaited
 *   online       welcomed: there is a session
 *   doubted      there is a session, though the platform says that there is no network; a ping is out
 *   waiting      until `retryAt`
 *   refused      the server will not have us as we are (credentials, version): only the caller can help
 */
import { backoffDelay, standByDelay, type Backoff } from './backoff';
import { ConnectionError } from './connection-error';

/** `attempt`: failures since the last stable session. `error`: the last of them. */
interface Tried {
  readonly attempt: number;
  readonly error?: ConnectionError;
}

interface States<S> {
  readonly paused: { readonly phase: 'paused' };
  readonly connecting: Tried & { readonly phase: 'connecting' };
  readonly greeting: Tried & { readonly phase: 'greeting' };
  readonly online: Tried & { readonly phase: 'online'; readonly session: S };
  readonly doubted: Required<Tried> & { readonly phase: 'doubted'; readonly session: S };
  /** `retryAt`: milliseconds on the scheduler's clock. */
  readonly waiting: Required<Tried> & { readonly phase: 'waiting'; readonly retryAt: number };
  readonly refused: Required<Tried> & { readonly phase: 'refused' };
  readonly closed: { readonly phase: 'closed' };
}

/** Read by the shell, so that a decision is a function of its event. */
interface Moment {
  readonly now: number;
  readonly random: number;
}

interface Events<S> {
  readonly resume: { readonly type: 'resume' };
  readonly pause: { readonly type: 'pause' };
  readonly close: { readonly type: 'close' };
  readonly reconnectNow: { readonly type: 'reconnectNow' };
  readonly opened: { readonly type: 'opened' };
  readonly welcomed: { readonly type: 'welcomed'; readonly session: S };
  /** The session has lasted long enough for the next loss to be a first one. */
  readonly settled: { readonly type: 'settled' };
  /** The wait is over. */
  readonly due: { readonly type: 'due' };
  /** A sign of life came after a ping. */
  readonly heard: { readonly type: 'heard' };
  /** The platform has a network again. */
  readonly online: Moment & { readonly type: 'online' };
  /** The platform says that there is no network. */
  readonly offline: Moment & { readonly type: 'offline' };
  /** The platform is about to stop the program. */
  readonly frozen: Moment & { readonly type: 'frozen' };
  /** `offline`: what the platform says of the network. */
  readonly lost: Moment & {
    readonly type: 'lost';
    readonly error: ConnectionError;
    readonly offline: boolean;
  };
  readonly refused: { readonly type: 'refused'; readonly error: ConnectionError };
}

export type ConnectionState<S> = States<S>[keyof States<S>];
export type ConnectionEvent<S> = Events<S>[keyof Events<S>];

type Cell<S, P extends keyof States<S>, E extends keyof Events<S>> = (
  state: States<S>[P],
  event: Events<S>[E],
  backoff: Backoff,
) => ConnectionState<S>;

type Table<S> = { readonly [P in keyof States<S>]: { readonly [E in keyof Events<S>]: Cell<S, P, E> } };

const stay = <T>(state: T): T => state;
const toPaused = (): States<never>['paused'] => ({ phase: 'paused' });
const toClosed = (): States<never>['closed'] => ({ phase: 'closed' });
const afresh = (): States<never>['connecting'] => ({ phase: 'connecting', attempt: 0 });

const again = ({ attempt, error }: Required<Tried>): States<never>['connecting'] => ({
  phase: 'connecting',
  attempt,
  error,
});

/** The error, where there is one, stays as it is: why the last attempt failed. */
const fresh = <T extends Tried>(state: T): T => (state.attempt === 0 ? state : { ...state, attempt: 0 });

const toWaiting = (
  { attempt }: Tried,
  { error, now, random, offline }: Events<never>['lost'],
  backoff: Backoff,
): States<never>['waiting'] => ({
  phase: 'waiting',
  attempt: attempt + 1,
  error,
  retryAt:
    now +
    Math.max(
      backoffDelay(backoff, attempt, random, error.retryAfter),
      offline ? standByDelay(backoff, random) : 0,
    ),
});

const offlineError = (): ConnectionError =>
  new ConnectionError(
    'OFFLINE',
    'The platform says that there is no network; the connection is made again when it says otherwise.',
  );

const frozenError = (): ConnectionError =>
  new ConnectionError(
    'FROZEN',
    'The platform stops this program for now; the connection is made again when it goes on.',
  );

/** No link, and none to be tried for soon: the next word of the platform comes first, most likely. */
const toStandBy = (
  { attempt }: Tried,
  { type, now, random }: Events<never>['offline' | 'frozen'],
  backoff: Backoff,
): States<never>['waiting'] => ({
  phase: 'waiting',
  attempt,
  error: type === 'offline' ? offlineError() : frozenError(),
  retryAt: now + standByDelay(backoff, random),
});

/** As after a first failure: those who lost one network together do not come back at the same moment. */
const soon = (
  { error, retryAt }: States<never>['waiting'],
  { now, random }: Events<never>['online'],
  backoff: Backoff,
): States<never>['waiting'] => ({
  phase: 'waiting',
  attempt: 0,
  error,
  retryAt: Math.min(retryAt, now + backoffDelay(backoff, 0, random)),
});

/** The platform knows nothing of a server that asked for time. */
const unlessAsked =
  <E>(next: (state: States<never>['waiting'], event: E, backoff: Backoff) => ConnectionState<never>) =>
  (state: States<never>['waiting'], event: E, backoff: Backoff): ConnectionState<never> =>
    state.error.retryAfter ? state : next(state, event, backoff);

const toRefused = ({ attempt }: Tried, { error }: Events<never>['refused']): States<never>['refused'] => ({
  phase: 'refused',
  attempt: attempt + 1,
  error,
});

/** What any phase but `closed` does when told to stop. */
const stoppable = { pause: toPaused, close: toClosed };
/** Echoes of a link that is no more. */
const deaf = {
  opened: stay,
  welcomed: stay,
  settled: stay,
  heard: stay,
  due: stay,
  lost: stay,
  refused: stay,
};
/** The platform's word does not matter to a connection that is not wanted, or not had. */
const unmoved = { online: stay, offline: stay, frozen: stay, reconnectNow: stay };
/** What ends any phase that has, or is getting, a link. */
const fragile = { lost: toWaiting, refused: toRefused, frozen: toStandBy };
/** What a link does not do in most of its phases. */
const linked = { resume: stay, opened: stay, welcomed: stay, settled: stay, heard: stay, due: stay };
/** What happens while there is a link but no session. */
const unproven = { online: fresh, reconnectNow: fresh, offline: toStandBy };

const table: Table<unknown> = {
  paused: { ...deaf, ...stoppable, ...unmoved, resume: afresh },
  connecting: {
    ...linked,
    ...stoppable,
    ...fragile,
    ...unproven,
    opened: (state) => ({ ...state, phase: 'greeting' }),
  },
  greeting: {
    ...linked,
    ...stoppable,
    ...fragile,
    ...unproven,
    welcomed: ({ attempt }, { session }) => ({ phase: 'online', attempt, session }),
  },
  online: {
    ...linked,
    ...stoppable,
    ...fragile,
    online: stay,
    reconnectNow: stay,
    settled: fresh,
    // A session that still works is not cut on the platform's word: it is often wrong for servers close by.
    offline: ({ attempt, session }) => ({ phase: 'doubted', attempt, session, error: offlineError() }),
  },
  doubted: {
    ...linked,
    ...stoppable,
    ...fragile,
    // The ping that is out says more than the platform does.
    online: stay,
    reconnectNow: stay,
    settled: fresh,
    offline: stay,
    heard: ({ attempt, session }) => ({ phase: 'online', attempt, session }),
  },
  waiting: {
    ...deaf,
    ...stoppable,
    resume: again,
    due: again,
    reconnectNow: unlessAsked((state) => again(fresh(state))),
    online: unlessAsked(soon),
    offline: unlessAsked(toStandBy),
    frozen: unlessAsked(toStandBy),
  },
  // The network coming back does not make a wrong token right: nothing but `resume` helps.
  refused: { ...deaf, ...stoppable, ...unmoved, resume: again },
  closed: { ...deaf, ...unmoved, pause: stay, close: stay, resume: stay },
};

/** The state after `event`; the very same state when the event changes nothing. */
export const transition = <S>(
  state: ConnectionState<S>,
  event: ConnectionEvent<S>,
  backoff: Backoff,
): ConnectionState<S> => {
  const cell = table[state.phase][event.type] as (
    state: ConnectionState<S>,
    event: ConnectionEvent<S>,
    backoff: Backoff,
  ) => ConnectionState<S>;
  return cell(state, event, backoff);
};
