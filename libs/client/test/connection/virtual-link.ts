import { decodeUp, encodeDown, type DownMessage, type UpMessage } from '@atomsync/protocol';
import { Observable, Subject, VirtualTimeScheduler, VirtualAction } from 'rxjs';
import { ConnectionError } from '../../src/connection/connection-error';
import type { Presence, PresenceSignal } from '../../src/connection/presence';
import type { Link, Transport } from '../../src/connection/transport';

/** Virtual time that can be moved on step by step, or slept through. */
export class Clock extends VirtualTimeScheduler {
  #slept = 0;

  constructor() {
    super(VirtualAction, 0);
    this.now = () => this.frame + this.#slept;
  }

  /** The clock on the wall goes on, and no timer does: a lid was shut. */
  sleep(milliseconds: number): void {
    this.#slept += milliseconds;
  }

  advance(milliseconds: number): void {
    const until = this.frame + milliseconds;
    this.maxFrames = until;
    this.flush();
    this.frame = until;
  }
}

/** One socket as the server's side sees it. */
export class ServerSide {
  readonly received: UpMessage[] = [];
  closed = false;
  bufferedAmount = 0;
  readonly #down$ = new Subject<Uint8Array>();
  /** Called with each message, within the client's `send`. */
  onMessage: (message: UpMessage) => void = () => {};

  constructor(readonly url: string) {}

  readonly link: Link = {
    down$: this.#down$,
    send: (frame) => {
      const message = decodeUp(frame);
      this.received.push(message);
      this.onMessage(message);
    },
    buffered: () => this.bufferedAmount,
  };

  send(message: DownMessage): void {
    this.#down$.next(encodeDown(message));
  }

  sendFrame(frame: Uint8Array): void {
    this.#down$.next(frame);
  }

  welcome(): void {
    this.send(welcome);
  }

  lose(error: Error = new ConnectionError('CONNECTION_LOST', 'lost', { closeCode: 1006 })): void {
    this.#down$.error(error);
  }

  end(): void {
    this.#down$.complete();
  }
}

export const welcome: DownMessage = {
  type: 'welcome',
  epoch: 'e1',
  time: 0,
  limits: { maxFrame: 1, maxDoc: 1, maxKey: 1, maxDepth: 1, maxChanges: 1, maxMutations: 1 },
};

/** What a platform says, at the word of the test. */
export class Says implements Presence {
  readonly signals$ = new Subject<PresenceSignal>();
  #isOnline: boolean;

  constructor(isOnline = true) {
    this.#isOnline = isOnline;
  }

  isOnline(): boolean {
    return this.#isOnline;
  }

  say(signal: PresenceSignal): void {
    if (signal === 'online' || signal === 'offline') this.#isOnline = signal === 'online';
    this.signals$.next(signal);
  }
}

/** A network of one server: every dial gets a `ServerSide`, or fails while `down` is set. */
export class Net {
  readonly sockets: ServerSide[] = [];
  down: Error | undefined;
  /** Called as soon as a socket opens. */
  onOpen: (socket: ServerSide) => void = () => {};

  readonly transport: Transport = (url) =>
    new Observable((subscriber) => {
      if (this.down) return subscriber.error(this.down);
      const socket = new ServerSide(url);
      this.sockets.push(socket);
      this.onOpen(socket);
      subscriber.add(() => (socket.closed = true));
      subscriber.next(socket.link);
    });

  get last(): ServerSide {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has dialled');
    return socket;
  }
}
