/*
 *              resume                opened               welcomed
 *   paused ───────────▶ connecting ─────────▶ greeting ─────────────▶ online ─┐ settled: attempt = 0
 *                        ▲  ▲   │                 │                     │  ▲──┘
 *           due,         │  │   └──────┬──────────┴───────────┬─────────┘
 *           reconnectNow │  │          │ lost                 │ refused
 *                        │  │          ▼                      ▼
 *                        │  │       waiting                refused
 *                        └──┼──────────┘                      │
 *                           └─────────────────────────────────┘ resume
 *
 *   pause: from anywhere but closed to paused.   close: from anywhere to closed, for good.
 *
 *   connecting   the hello is being made up and the socket opened
 *   greeting     hello is sent, welcome awaited
 *   online       welcomed: there is a session
 *   waiting      until `retryAt`
 *   refused      the server will not have us as we are (credentials, version): only the caller can help
 */
import { backoffDelay, type Backoff } from './backoff';
import type { ConnectionError } from './connection-error';

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
  /** `retryAt`: milliseconds on the scheduler's clock. */
  readonly waiting: Required<Tried> & { readonly phase: 'waiting'; readonly retryAt: number };
  readonly refused: Required<Tried> & { readonly phase: 'refused' };
  readonly closed: { readonly phase: 'closed' };
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
  /** `now` and `random` are read by the shell, so that the decision is a function of the event. */
  readonly lost: {
    readonly type: 'lost';
    readonly error: ConnectionError;
    readonly now: number;
    readonly random: number;
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

const toWaiting = (
  { attempt }: Tried,
  { error, now, random }: Events<never>['lost'],
  backoff: Backoff,
): States<never>['waiting'] => ({
  phase: 'waiting',
  attempt: attempt + 1,
  error,
  retryAt: now + backoffDelay(backoff, attempt, random, error.retryAfter),
});

const toRefused = ({ attempt }: Tried, { error }: Events<never>['refused']): States<never>['refused'] => ({
  phase: 'refused',
  attempt: attempt + 1,
  error,
});

/** What any phase but `closed` does when told to stop. */
const stoppable = { pause: toPaused, close: toClosed };
/** Echoes of a link that is no more. */
const deaf = { opened: stay, welcomed: stay, settled: stay, due: stay, lost: stay, refused: stay };
/** What ends any phase that has, or is getting, a link. */
const fragile = { lost: toWaiting, refused: toRefused };

const table: Table<unknown> = {
  paused: { ...deaf, ...stoppable, resume: afresh, reconnectNow: stay },
  connecting: {
    ...stoppable,
    ...fragile,
    resume: stay,
    reconnectNow: stay,
    opened: (state) => ({ ...state, phase: 'greeting' }),
    welcomed: stay,
    settled: stay,
    due: stay,
  },
  greeting: {
    ...stoppable,
    ...fragile,
    resume: stay,
    reconnectNow: stay,
    opened: stay,
    welcomed: ({ attempt }, { session }) => ({ phase: 'online', attempt, session }),
    settled: stay,
    due: stay,
  },
  online: {
    ...stoppable,
    ...fragile,
    resume: stay,
    reconnectNow: stay,
    opened: stay,
    welcomed: stay,
    settled: ({ session }) => ({ phase: 'online', attempt: 0, session }),
    due: stay,
  },
  waiting: { ...deaf, ...stoppable, resume: again, reconnectNow: again, due: again },
  // The network coming back does not make a wrong token right: `reconnectNow` changes nothing here.
  refused: { ...deaf, ...stoppable, resume: again, reconnectNow: stay },
  closed: { ...deaf, pause: stay, close: stay, resume: stay, reconnectNow: stay },
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
