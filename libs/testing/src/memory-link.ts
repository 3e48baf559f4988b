import type { Link as ClientLink, Transport } from '@atomsync/client';
import type { Link as ServerLink } from '@atomsync/server';
import { Observable, Subject, type SchedulerLike } from 'rxjs';

/** How a link in memory behaves. Times in milliseconds. */
export interface LinkOptions {
  readonly scheduler: SchedulerLike;
  /** One way, asked per frame; frames of one direction never overtake each other. */
  readonly latency: () => number;
  readonly accept: (link: ServerLink) => void;
}

/** Closes one side of a link. */
interface Ends {
  readonly client: () => void;
  readonly server: () => void;
}

/** One cable between a client and a server: it can be cut, and made to hang half open. */
export class MemoryCable {
  readonly #options: LinkOptions;
  readonly #open = new Set<Ends>();
  readonly #halves = new WeakSet<Ends>();
  /** While down, nothing connects. */
  down = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** How many links are open. */
  get links(): number {
    return this.#open.size;
  }

  /** Ends the open link, on both sides. What was on the way is lost. */
  cut(): void {
    for (const { client, server } of [...this.#open]) {
      client();
      server();
    }
  }

  /** Ends the open link for the client alone: what it sent still arrives, and the server knows of nothing. */
  cutHalf(): void {
    for (const ends of [...this.#open]) {
      this.#halves.add(ends);
      ends.client();
    }
  }

  readonly transport: Transport = () =>
    new Observable<ClientLink>((subscriber) => {
      const { scheduler, latency, accept } = this.#options;
      if (this.down) {
        subscriber.error(new Error('The cable is down.'));
        return;
      }
      const up = new Pipe(scheduler, latency);
      const down = new Pipe(scheduler, latency);
      const ends: Ends = {
        client: () => {
          down.close();
        },
        server: () => {
          this.#open.delete(ends);
          up.close();
        },
      };
      this.#open.add(ends);
      accept({
        frames$: up.frames$,
        send: (frame) => {
          down.send(frame);
        },
        buffered: () => 0,
        close: () => {
          down.closeAfterSent();
          ends.server();
        },
      });
      subscriber.next({
        down$: down.frames$,
        send: (frame) => {
          up.send(frame);
        },
        buffered: () => 0,
      });
      subscriber.add(() => {
        if (this.#halves.delete(ends)) return;
        ends.client();
        ends.server();
      });
    });
}

/** One direction: frames arrive after the latency, in order, or not at all when it is closed first. */
class Pipe {
  readonly #scheduler: SchedulerLike;
  readonly #latency: () => number;
  readonly #frames$ = new Subject<Uint8Array>();
  #last = 0;

  constructor(scheduler: SchedulerLike, latency: () => number) {
    this.#scheduler = scheduler;
    this.#latency = latency;
  }

  get frames$(): Observable<Uint8Array> {
    return this.#frames$;
  }

  send(frame: Uint8Array): void {
    // A copy: a socket would not share memory either.
    this.#later(() => {
      this.#frames$.next(frame.slice());
    });
  }

  closeAfterSent(): void {
    this.#later(() => {
      this.#frames$.complete();
    });
  }

  close(): void {
    this.#frames$.complete();
  }

  #later(deliver: () => void): void {
    const now = this.#scheduler.now();
    this.#last = Math.max(this.#last, now + this.#latency());
    this.#scheduler.schedule(deliver, this.#last - now);
  }
}
