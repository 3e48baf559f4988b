import type { Hello } from '@atomsync/protocol';
import {
  asyncScheduler,
  BehaviorSubject,
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  from,
  map,
  of,
  Subject,
  switchMap,
  takeWhile,
  throwError,
  timeout,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { errorMessage } from '../errors';
import { platformPresence } from '../platform';
import { defaultBackoff, type Backoff } from './backoff';
import { wireCodec, type Codec } from './codec';
import { ConnectionError } from './connection-error';
import { transition, type ConnectionEvent, type ConnectionState } from './connection-state';
import { connectionStatus, sameStatus, type ConnectionStatus } from './connection-status';
import { converse, endIsError, type ConverseOptions } from './converse';
import { defaultHeartbeat, type Heartbeat } from './heartbeat';
import type { Presence } from './presence';
import type { Session } from './session';
import type { Transport } from './transport';

/** Times in milliseconds. */
export interface ConnectionOptions {
  readonly url: string;
  readonly transport: Transport;
  /** Who speaks; asked before every attempt, so that a token may be fetched or renewed in it. */
  readonly hello: () => Hello | Promise<Hello>;
  /** The protocol's own by default. */
  readonly codec?: Codec;
  /** Begin with `paused`; `false` by default. */
  readonly paused?: boolean;
  /** What is known of the network and the user; the platform's own by default. */
  readonly presence?: Presence;
  readonly scheduler?: SchedulerLike;
  /** Numbers in [0, 1) for the jitter. */
  readonly random?: () => number;
  readonly backoff?: Partial<Backoff>;
  readonly heartbeat?: Partial<Heartbeat>;
  /** How long `hello` may take; 30,000 by default. */
  readonly helloTimeout?: number;
  /** How long the server may take from hello to welcome; 10,000 by default. */
  readonly welcomeTimeout?: number;
  /** A session that lasted this long counts as a success: the backoff begins anew. 5,000 by default. */
  readonly stableAfter?: number;
}

/** A connection that is made again whenever it is lost. */
export interface Connection {
  /**
   * The current session, replayed; `undefined` while there is none. The streams of a session complete before
   * it is replaced here. Completes with `close()`.
   */
  readonly sessions$: Observable<Session | undefined>;
  /** How things stand, replayed synchronously; completes with `closed`. */
  readonly status$: Observable<ConnectionStatus>;
  /** Ends the session; nothing is tried until `resume()`. */
  pause(): void;
  /** Tries at once where nothing is under way: when paused, waiting, or refused (with new credentials, say). */
  resume(): void;
  /**
   * A hint that the network may be back: ends a wait at once (but one that the server asked for), lets the
   * backoff begin anew, and makes a session that looks alive prove it within the heartbeat's `probeTimeout`.
   * Changes nothing when paused or refused.
   */
  reconnectNow(): void;
  /** Ends it for good. */
  close(): void;
}

/**
 * Connects to `url`, and again whenever the connection is lost, with exponential backoff and full jitter.
 * Where the platform tells of the network and the user, they decide sooner.
 *
 * @example
 * const connection = openConnection({ url, transport: webSocketTransport(), hello: () => hello });
 * connection.sessions$.subscribe((session) => session?.send({ type: 'subscribe', group: 'todo', lines: [] }));
 */
export const openConnection = (options: ConnectionOptions): Connection => {
  const { scheduler = asyncScheduler, random = Math.random, presence = platformPresence() } = options;
  const backoff: Backoff = { ...defaultBackoff, ...options.backoff };
  const probe$ = new Subject<void>();
  const state$ = new BehaviorSubject<State>(
    options.paused ? { phase: 'paused' } : { phase: 'connecting', attempt: 0 },
  );
  const happen = inTurn((event: Event) => {
    const after = transition(state$.value, event, backoff);
    if (after !== state$.value) state$.next(after);
  });

  const attempt$ = attempt(options, {
    codec: options.codec ?? wireCodec,
    scheduler,
    heartbeat: { ...defaultHeartbeat, ...options.heartbeat },
    welcomeTimeout: options.welcomeTimeout ?? 10_000,
    stableAfter: options.stableAfter ?? 5_000,
    probe$,
  }).pipe(catchError((error: unknown) => of(ending(error, scheduler.now(), random(), !presence.isOnline()))));

  const workOf = (state: State): Observable<Event> => {
    switch (workKind(state)) {
      case 'link':
        return attempt$;
      case 'wait':
        return waited(state, scheduler);
      case 'none':
        return EMPTY;
    }
  };

  state$
    .pipe(distinctUntilChanged(isSameWork), takeWhile(notClosed, true), switchMap(workOf))
    .subscribe(happen);

  const reconnectNow = (): void => {
    happen({ type: 'reconnectNow' });
    probe$.next();
  };
  const present = presence.signals$.subscribe((signal) => {
    if (signal === 'awake') return reconnectNow();
    happen({ type: signal, now: scheduler.now(), random: random() });
    probe$.next();
  });

  const known$ = state$.pipe(takeWhile(notClosed, true));
  return {
    sessions$: known$.pipe(
      map((state) => ('session' in state ? state.session : undefined)),
      distinctUntilChanged(),
    ),
    status$: known$.pipe(map(connectionStatus), distinctUntilChanged(sameStatus)),
    pause: () => happen({ type: 'pause' }),
    resume: () => happen({ type: 'resume' }),
    reconnectNow,
    close: () => {
      present.unsubscribe();
      happen({ type: 'close' });
    },
  };
};

type State = ConnectionState<Session>;
type Event = ConnectionEvent<Session>;

const notClosed = (state: State): boolean => state.phase !== 'closed';

/** What goes on in a state; work of one kind runs through from one state to the next. */
const workKind = (state: State): 'link' | 'wait' | 'none' => {
  switch (state.phase) {
    case 'connecting':
    case 'greeting':
    case 'online':
    case 'doubted':
      return 'link';
    case 'waiting':
      return 'wait';
    default:
      return 'none';
  }
};

/** A wait for another moment is another wait. */
const isSameWork = (a: State, b: State): boolean =>
  a.phase === 'waiting' && b.phase === 'waiting' ? a.retryAt === b.retryAt : workKind(a) === workKind(b);

const waited = (state: State, scheduler: SchedulerLike): Observable<Event> =>
  state.phase !== 'waiting'
    ? EMPTY
    : timer(Math.max(0, state.retryAt - scheduler.now()), scheduler).pipe(
        map(() => ({ type: 'due' }) as const),
      );

/** Hello made up, socket opened, conversation held; ends with an error. */
const attempt = (
  { url, transport, hello, helloTimeout = 30_000 }: ConnectionOptions,
  options: ConverseOptions,
): Observable<Event> =>
  saidBy(hello, helloTimeout, options.scheduler).pipe(
    switchMap((said) =>
      transport(url).pipe(
        endIsError(),
        switchMap((link) => converse(link, said, options)),
      ),
    ),
  );

const saidBy = (
  hello: () => Hello | Promise<Hello>,
  helloTimeout: number,
  scheduler: SchedulerLike,
): Observable<Hello> => {
  const failed = (cause: unknown): Observable<never> =>
    throwError(() => {
      const message = `The hello (user, token) could not be had: ${errorMessage(cause)}`;
      return new ConnectionError('HELLO_FAILED', message, { cause });
    });
  return defer(() => {
    const said = hello();
    // Not `instanceof Promise`: zone.js puts a class of its own in the place of the one that `async` returns.
    return 'then' in said ? from(said) : of(said);
  }).pipe(
    timeout({ first: helloTimeout, scheduler, with: () => failed(`no answer within ${helloTimeout} ms`) }),
    catchError((error: unknown) =>
      error instanceof ConnectionError ? throwError(() => error) : failed(error),
    ),
  );
};

const ending = (thrown: unknown, now: number, random: number, offline: boolean): Event => {
  const error = thrown instanceof ConnectionError ? thrown : foreign(thrown);
  return error.retryable ? { type: 'lost', error, now, random, offline } : { type: 'refused', error };
};

const foreign = (cause: unknown): ConnectionError =>
  new ConnectionError('CONNECT_FAILED', errorMessage(cause), { cause });

/**
 * Handles events one after the other, also those that arise while another is handled: everyone sees the
 * states in the order in which they came about.
 */
const inTurn = <T>(handle: (event: T) => void): ((event: T) => void) => {
  const waiting: T[] = [];
  let busy = false;
  return (event) => {
    waiting.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      busy = false;
    }
  };
};
