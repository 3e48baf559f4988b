import type { DownMessage, Hello, Welcome } from '@atomsync/protocol';
import {
  concatWith,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  merge,
  of,
  share,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { errorMessage } from '../errors';
import type { Codec } from './codec';
import { ConnectionError } from './connection-error';
import type { ConnectionEvent } from './connection-state';
import { heartbeat, type Heartbeat } from './heartbeat';
import { LiveSession, unexpected } from './live-session';
import type { Session } from './session';
import type { Link } from './transport';

/** What a conversation needs beside its link. Milliseconds. */
export interface ConverseOptions {
  readonly codec: Codec;
  readonly scheduler: SchedulerLike;
  readonly heartbeat: Heartbeat;
  readonly welcomeTimeout: number;
  /** A session that lasted this long counts as a success: the backoff begins anew. */
  readonly stableAfter: number;
  /** Asks for a sign of life out of turn. */
  readonly probe$: Observable<unknown>;
}

/** One link from its opening to its end, as events of the connection; it ends with an error. */
export const converse = (
  link: Link,
  hello: Hello,
  options: ConverseOptions,
): Observable<ConnectionEvent<Session>> => {
  const messages$ = link.down$.pipe(endIsError(), decoded(options.codec), serverErrorIsError(), share());
  return merge(
    of({ type: 'opened' } as const),
    messages$.pipe(
      welcomed(options),
      switchMap((welcome) => session(welcome, link, messages$, options)),
    ),
    // Subscribed last, so that even an answer within the very call of `send` is heard.
    defer(() => {
      link.send(options.codec.encode(hello));
      return EMPTY;
    }),
  );
};

const session = (
  welcome: Welcome,
  link: Link,
  messages$: Observable<DownMessage>,
  { codec, heartbeat: beat, probe$, scheduler, stableAfter }: ConverseOptions,
): Observable<ConnectionEvent<Session>> => {
  const live = new LiveSession(welcome, link, codec);
  const ping = (): void => live.send({ type: 'ping' });
  return merge(
    messages$.pipe(dispatchedTo(live)),
    of({ type: 'welcomed', session: live } as const),
    heartbeat(messages$, ping, beat, probe$, scheduler).pipe(map(() => ({ type: 'heard' }) as const)),
    timer(stableAfter, scheduler).pipe(map(() => ({ type: 'settled' }) as const)),
  ).pipe(finalize(() => live.end()));
};

/** A socket that merely completes is as lost as one that fails. */
export const endIsError = <T>(): MonoTypeOperatorFunction<T> =>
  concatWith(
    throwError(() => new ConnectionError('CONNECTION_LOST', 'The socket closed; a new one will be opened.')),
  );

const decoded = (codec: Codec): OperatorFunction<Uint8Array, DownMessage> =>
  map((frame) => {
    try {
      return codec.decode(frame);
    } catch (cause) {
      throw new ConnectionError(
        'BAD_FRAME',
        `A frame of ${frame.byteLength} bytes from the server could not be read (${errorMessage(cause)}); the session is given up and begun again.`,
        { cause },
      );
    }
  });

const serverErrorIsError = (): MonoTypeOperatorFunction<DownMessage> =>
  tap((message) => {
    if (message.type !== 'error' || message.group !== undefined) return;
    const { code, message: text, retryable, retryAfter } = message;
    throw new ConnectionError(code, text, { retryable, retryAfter });
  });

const welcomed = ({ welcomeTimeout, scheduler }: ConverseOptions): OperatorFunction<DownMessage, Welcome> => {
  const late = (): ConnectionError =>
    new ConnectionError(
      'WELCOME_TIMEOUT',
      `The server took the socket but sent no 'welcome' within ${welcomeTimeout} ms.`,
    );
  return (messages$) =>
    messages$.pipe(
      timeout({ first: welcomeTimeout, scheduler, with: () => throwError(late) }),
      take(1),
      map((message) => {
        if (message.type !== 'welcome') throw unexpected(message.type);
        return message;
      }),
    );
};

const dispatchedTo =
  (live: LiveSession): OperatorFunction<DownMessage, never> =>
  (messages$) =>
    messages$.pipe(
      tap((message) => live.dispatch(message)),
      ignoreElements(),
    );
