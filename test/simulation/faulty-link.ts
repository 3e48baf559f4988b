import type { Link as ClientLink, Transport } from '@atomsync/client';
import { decodeDown, decodeUp, DEFAULT_LIMITS } from '@atomsync/protocol';
import type { Link as ServerLink } from '@atomsync/server';
import { Observable, Subject, type SchedulerLike } from 'rxjs';

export interface FaultyCableOptions {
  readonly scheduler: SchedulerLike;
  /** Milliseconds one way, asked per frame; frames of one direction never overtake each other. */
  readonly latency: () => number;
  readonly accept: (link: ServerLink) => void;
  /** Sees every frame that the server sends. */
  readonly sent: (frame: Uint8Array) => void;
}

/** The two directions of an open connection, and whether each side still knows of it. */
interface Ends {
  readonly up: Pipe;
  readonly down: Pipe;
  half: boolean;
}

/** What lies between one client and the server, with all that can go wrong there. */
export class FaultyCable {
  /** While down, nothing connects. */
  isDown = false;
  /** Milliseconds that every frame takes more. */
  lag = 0;
  /** How many of the next broadcasts are lost. */
  drops = 0;
  /** How many of the next pushes and broadcasts arrive twice. */
  repeats = 0;
  /** The most bytes that ever waited in its socket at the server's side. */
  mostUnread = 0;
  readonly #options: FaultyCableOptions;
  readonly #open = new Set<Ends>();

  constructor(options: FaultyCableOptions) {
    this.#options = options;
  }

  /** Ends the connection on both sides; what was on the way is lost. */
  cut(): void {
    for (const ends of [...this.#open]) {
      ends.down.close();
      this.#closeServer(ends);
    }
  }

  /** Ends it for the client alone: what it sent still arrives, and the server knows of nothing. */
  cutHalf(): void {
    for (const ends of [...this.#open]) {
      ends.half = true;
      ends.down.close();
    }
  }

  /** From now on nothing arrives on either side, and both believe that it is open. */
  silence(): void {
    for (const { up, down } of this.#open) {
      up.isSilent = true;
      down.isSilent = true;
    }
  }

  /** The client stops reading, or reads on. */
  stall(stalled: boolean): void {
    for (const { down } of this.#open) down.stall(stalled);
  }

  readonly transport: Transport = () =>
    new Observable<ClientLink>((subscriber) => {
      const { scheduler, accept, sent } = this.#options;
      if (this.isDown) {
        subscriber.error(new Error('The cable is down.'));
        return;
      }
      const latency = (): number => this.#options.latency() + this.lag;
      const ends: Ends = {
        up: new Pipe(scheduler, latency),
        down: new Pipe(scheduler, latency),
        half: false,
      };
      const { up, down } = ends;
      this.#open.add(ends);
      accept({
        frames$: up.frames$,
        send: (frame) => {
          if (!this.#open.has(ends)) return;
          sent(frame);
          if (this.drops > 0 && isBroadcast(frame)) {
            this.drops--;
            return;
          }
          down.send(frame);
          if (this.repeats > 0 && isBroadcast(frame)) {
            this.repeats--;
            down.send(frame);
          }
          this.mostUnread = Math.max(this.mostUnread, down.waiting);
        },
        buffered: () => down.waiting,
        close: () => {
          down.closeAfterSent();
          this.#closeServer(ends);
        },
      });
      subscriber.next({
        down$: down.frames$,
        send: (frame) => {
          up.send(frame);
          if (this.repeats > 0 && isPush(frame)) {
            this.repeats--;
            up.send(frame);
          }
        },
        buffered: () => 0,
      });
      subscriber.add(() => {
        if (ends.half) return;
        down.close();
        this.#closeServer(ends);
      });
    });

  #closeServer(ends: Ends): void {
    this.#open.delete(ends);
    ends.up.close();
  }
}

const isBroadcast = (frame: Uint8Array): boolean => decodeDown(frame).type === 'commits';

const isPush = (frame: Uint8Array): boolean => decodeUp(frame, DEFAULT_LIMITS).type === 'push';

/** One direction: frames arrive after the latency, in order, or not at all when it is closed first. */
class Pipe {
  isSilent = false;
  readonly #scheduler: SchedulerLike;
  readonly #latency: () => number;
  readonly #frames$ = new Subject<Uint8Array>();
  #last = 0;
  #held: Uint8Array[] | undefined;

  constructor(scheduler: SchedulerLike, latency: () => number) {
    this.#scheduler = scheduler;
    this.#latency = latency;
  }

  get frames$(): Observable<Uint8Array> {
    return this.#frames$;
  }

  /** Bytes that the reader has not taken while it was stalled. */
  get waiting(): number {
    return (this.#held ?? []).reduce((sum, { length }) => sum + length, 0);
  }

  send(frame: Uint8Array): void {
    if (this.#held) {
      this.#held.push(frame.slice());
      return;
    }
    // A copy: a socket would not share memory either.
    const copy = frame.slice();
    this.#later(() => {
      if (!this.isSilent) this.#frames$.next(copy);
    });
  }

  stall(stalled: boolean): void {
    const held = this.#held;
    if (stalled) {
      this.#held ??= [];
      return;
    }
    this.#held = undefined;
    for (const frame of held ?? []) this.send(frame);
  }

  closeAfterSent(): void {
    this.#later(() => {
      if (!this.isSilent) this.#frames$.complete();
    });
  }

  close(): void {
    this.#held = undefined;
    this.#frames$.complete();
  }

  #later(deliver: () => void): void {
    const now = this.#scheduler.now();
    this.#last = Math.max(this.#last, now + this.#latency());
    this.#scheduler.schedule(deliver, this.#last - now);
  }
}
