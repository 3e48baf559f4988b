import { decodeDown, encodeUp, type DownMessage, type UpMessage } from '@atomsync/protocol';
import { Subject } from 'rxjs';
import type { Credentials } from '../auth/sync-auth';
import { AtomSyncServerError } from '../errors';
import type { SyncHub } from '../hub';
import { HttpError } from './http-error';

/** Who speaks in a request, as its headers have it. */
export interface Caller {
  readonly user?: string;
  readonly token?: string;
  readonly headers: Credentials['headers'];
}

/** What the other end of a conversation hears. */
export interface Listener {
  /** Messages with the frame they came in, in order. */
  message(message: DownMessage, frame: Uint8Array): void;
  /** The hub has closed it: because of the last error, or for this reason. */
  closed(code: number, reason: string): void;
  /** Bytes that wait to be sent on. */
  buffered(): number;
}

/**
 * A connection to the hub that lasts as long as one request: so that HTTP has the rules, rights and limits of the
 * socket, by being one.
 */
export class Conversation {
  readonly #frames = new Subject<Uint8Array>();
  #open = true;

  /** Throws `SHUTTING_DOWN`. */
  constructor(hub: SyncHub, { headers }: Caller, listener: Listener) {
    const link = {
      frames$: this.#frames,
      send: (frame: Uint8Array) => {
        if (this.#open) listener.message(decodeDown(frame), frame);
      },
      buffered: () => listener.buffered(),
      close: (code: number, reason: string) => {
        if (!this.#open) return;
        this.end();
        listener.closed(code, reason);
      },
    };
    try {
      hub.accept(link, headers);
    } catch (error) {
      if (!(error instanceof AtomSyncServerError)) throw error;
      throw new HttpError('SHUTTING_DOWN', 'The server is going down; try again.');
    }
  }

  /** Says hello for a line: the caller's own, or one that is made up for the request. */
  hello({ user, token }: Caller, clientId: string): void {
    this.say({
      type: 'hello',
      clientId,
      ...(user !== undefined && { user }),
      ...(token !== undefined && { token }),
    });
  }

  say(message: UpMessage): void {
    this.sayFrame(encodeUp(message));
  }

  sayFrame(frame: Uint8Array): void {
    if (this.#open) this.#frames.next(frame);
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#frames.complete();
  }
}

/** What goes on in a conversation that comes to one answer. */
export interface Talk<T> {
  readonly conversation: Conversation;
  readonly answer: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Speaks with the hub until there is an answer: `begin` once welcomed, `hear` for each message behind. Errors of the
 * server's, and its closing the connection, reject with the `HttpError` that says so.
 */
export function talk<T>(
  hub: SyncHub,
  caller: Caller,
  clientId: string,
  turns: {
    readonly begin: (talk: Talk<T>) => void;
    readonly hear: (message: DownMessage, talk: Talk<T>) => void;
  },
  signal: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const over = <A>(tell: (value: A) => void) => {
      return (value: A): void => {
        signal.removeEventListener('abort', aborted);
        conversation.end();
        tell(value);
      };
    };
    const answer = over(resolve);
    const fail = over(reject);
    const aborted = (): void => fail(new HttpError('RETRY_LATER', 'The request was given up.'));
    const conversation: Conversation = new Conversation(hub, caller, {
      message: (message) => {
        const talking = { conversation, answer, fail };
        try {
          if (message.type === 'error') fail(asHttpError(message));
          else if (message.type === 'welcome') turns.begin(talking);
          else turns.hear(message, talking);
        } catch (error) {
          fail(error);
        }
      },
      closed: (_code, reason) =>
        fail(new HttpError(reason, `The connection was closed by the server (${reason}).`)),
      buffered: () => 0,
    });
    signal.addEventListener('abort', aborted);
    conversation.hello(caller, clientId);
  });
}

const asHttpError = ({ code, message, retryable, retryAfter }: Extract<DownMessage, { type: 'error' }>) =>
  new HttpError(code, message, { retryable, retryAfter });
