import { SUBPROTOCOL } from '@atomsync/protocol';
import {
  asyncScheduler,
  catchError,
  map,
  Observable,
  Subject,
  throwError,
  timeout,
  type SchedulerLike,
} from 'rxjs';
import makeWebSocketObservable, { type GetWebSocketResponses } from 'rxjs-websockets';
import { errorMessage } from '../errors';
import { ConnectionError } from './connection-error';
import { Socket, type WebSocketFactory } from './socket';
import type { Link, Transport } from './transport';

export interface WebSocketTransportOptions {
  /** Makes the socket: the platform's `WebSocket` by default, where there is one. */
  readonly webSocket?: WebSocketFactory;
  /** How long a socket may take to open, in milliseconds; 10,000 by default. */
  readonly connectTimeout?: number;
  readonly scheduler?: SchedulerLike;
}

/**
 * Frames over a WebSocket.
 *
 * @example webSocketTransport()                          // browsers, and Node from 22
 * @example webSocketTransport({ webSocket: nodeWebSocket() }) // Node 20, or headers on the upgrade
 */
export const webSocketTransport =
  ({
    webSocket = platformWebSocket,
    connectTimeout = 10_000,
    scheduler = asyncScheduler,
  }: WebSocketTransportOptions = {}): Transport =>
  (url) =>
    new Observable<Link>((subscriber) => {
      let socket: Socket | undefined;
      const makeWebSocket = (): Socket => (socket = new Socket(openSocket(webSocket, url), url));
      return makeWebSocketObservable<ArrayBuffer | string>(url, { protocols: SUBPROTOCOL, makeWebSocket })
        .pipe(
          timeout({
            first: connectTimeout,
            scheduler,
            with: () => throwError(() => tooSlow(url, connectTimeout)),
          }),
          map((responses) => linkOn(socket as Socket, responses)),
          // The library keeps only the reason of a close; the socket's own error says all there is to say.
          catchError((error: unknown) => throwError(() => socket?.failure ?? error)),
        )
        .subscribe(subscriber);
    });

const linkOn = (socket: Socket, responses: GetWebSocketResponses<ArrayBuffer | string>): Link => {
  socket.demandSubprotocol(SUBPROTOCOL);
  const up$ = new Subject<Uint8Array>();
  // Its types leave out views of buffers, which every WebSocket takes.
  const frames$ = responses(up$ as unknown as Subject<ArrayBuffer>);
  return {
    down$: socket.ending(frames$.pipe(map(binary))),
    send: (frame) => up$.next(frame),
    buffered: () => socket.bufferedAmount,
  };
};

const binary = (frame: ArrayBuffer | string): Uint8Array => {
  if (typeof frame === 'string') {
    throw new ConnectionError(
      'BAD_FRAME',
      'The server sent a text frame; this protocol has binary ones only.',
    );
  }
  return new Uint8Array(frame);
};

const openSocket = (factory: WebSocketFactory, url: string): ReturnType<WebSocketFactory> => {
  try {
    return factory(url, SUBPROTOCOL);
  } catch (cause) {
    throw new ConnectionError('BAD_URL', `No WebSocket can be opened to '${url}': ${errorMessage(cause)}`, {
      cause,
      retryable: false,
    });
  }
};

const platformWebSocket: WebSocketFactory = (url, protocol) => {
  if (typeof WebSocket === 'undefined') {
    throw new Error("this platform has no WebSocket; in Node 20 pass one: '@atomsync/client/node' has it");
  }
  return new WebSocket(url, protocol);
};

const tooSlow = (url: string, connectTimeout: number): ConnectionError =>
  new ConnectionError('CONNECT_TIMEOUT', `The socket to '${url}' did not open within ${connectTimeout} ms.`);
