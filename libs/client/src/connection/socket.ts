import { merge, Subject, takeUntil, type Observable } from 'rxjs';
import type { WebSocketLike } from 'rxjs-websockets';
import { errorMessage } from '../errors';
import { ConnectionError } from './connection-error';

/** The part of a WebSocket that is used here: browsers' and `ws`'s have it. */
export interface PlatformSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly protocol: string;
  /* eslint-disable @typescript-eslint/no-explicit-any -- the platforms' handlers take event classes of their own */
  onopen: ((event: any) => any) | null;
  onmessage: ((event: any) => any) | null;
  onerror: ((event: any) => any) | null;
  onclose: ((event: any) => any) | null;
  /* eslint-enable @typescript-eslint/no-explicit-any */
  send(frame: ArrayBuffer): void;
  close(): void;
}

/** Opens a socket to `url` that speaks `protocol`. */
export type WebSocketFactory = (url: string, protocol: string) => PlatformSocket;

interface SocketErrorEvent {
  readonly error?: { readonly code?: string };
  readonly message?: string;
}

/**
 * A platform's socket as rxjs-websockets takes it, with what that library would lose: the code and reason of
 * a close. `error` events are held back for the `close` that always follows them and says more; and nothing
 * that `send` throws gets out, because there it would end the process rather than the connection.
 */
export class Socket implements WebSocketLike {
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onerror: WebSocketLike['onerror'] = null;
  onclose: WebSocketLike['onclose'] = null;
  /** Why the socket ended, once it has. */
  failure: ConnectionError | undefined;

  readonly #socket: PlatformSocket;
  readonly #url: string;
  readonly #failed$ = new Subject<never>();
  readonly #left$ = new Subject<void>();
  #opened = false;
  #cause: unknown;
  #why: string | undefined;

  constructor(socket: PlatformSocket, url: string) {
    this.#socket = socket;
    this.#url = url;
    socket.binaryType = 'arraybuffer';
    socket.onopen = (event: unknown): void => {
      this.#opened = true;
      this.onopen?.(event);
    };
    socket.onmessage = (event: unknown): void => void this.onmessage?.(event);
    socket.onerror = ({ error, message }: SocketErrorEvent): void => {
      this.#cause ??= error;
      // Where several addresses failed, Node has a code and no message.
      this.#why ??= message || error?.code;
    };
    socket.onclose = (event: { readonly code: number; readonly reason: string }): void => this.#closed(event);
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: unknown): void {
    try {
      this.#socket.send(frame as ArrayBuffer);
    } catch (cause) {
      this.#cause ??= cause;
      this.#why ??= errorMessage(cause);
      this.#socket.close();
    }
  }

  close(): void {
    this.#left$.next();
    this.#socket.close();
  }

  /** Throws when the other side did not agree to speak `protocol`. */
  demandSubprotocol(protocol: string): void {
    if (this.#socket.protocol === protocol) return;
    throw (this.failure = new ConnectionError(
      'WRONG_SUBPROTOCOL',
      `The server at '${this.#url}' did not agree to the subprotocol '${protocol}'; is it this protocol's path?`,
    ));
  }

  /** `frames$`, which fail with the socket, and complete when this side closes it. */
  ending<T>(frames$: Observable<T>): Observable<T> {
    return merge(frames$, this.#failed$).pipe(takeUntil(this.#left$));
  }

  #closed({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.failure ??= this.#explain(code, reason);
    const { failure } = this;
    this.#failed$.error(failure);
    this.onclose?.({ code, reason });
  }

  #explain(closeCode: number, closeReason: string): ConnectionError {
    const why = [closeReason, this.#why].filter(Boolean).join('; ');
    const [code, what] = this.#opened
      ? (['CONNECTION_LOST', `The connection to '${this.#url}' was closed`] as const)
      : (['CONNECT_FAILED', `No connection to '${this.#url}' could be made`] as const);
    return new ConnectionError(code, `${what} (code ${closeCode}${why === '' ? '' : `: ${why}`}).`, {
      closeCode,
      closeReason,
      ...(this.#cause !== undefined && { cause: this.#cause }),
    });
  }
}
