import { MemoryDisk, type Link, type TabChannel, type TabPlatform, type Transport } from '@atomsync/client';
import {
  filter,
  map,
  Observable,
  Subject,
  Subscription,
  type SchedulerAction,
  type SchedulerLike,
} from 'rxjs';
import type { MemoryCable } from './memory-link';

/** A tab of a profile: it can freeze, wake and crash, with all that runs in it. */
export interface TestTab extends TabPlatform {
  readonly disk: MemoryDisk;
  /** Nobody sees it. */
  hidden: boolean;
  readonly scheduler: SchedulerLike;
  /** What the tab's sockets are made of. */
  transport(cable: Pick<MemoryCable, 'cut' | 'transport'>): Transport;
  /** Nothing happens in it any more; what arrives waits. */
  freeze(): void;
  wake(): void;
  /** It is gone, without a word. */
  crash(): void;
}

/** What the tabs of one browser profile share, in memory and on virtual time: locks, channels, a disk. */
export class TestProfile {
  readonly disk: MemoryDisk;
  readonly #scheduler: SchedulerLike;
  readonly #locks = new Map<string, Claim[]>();
  readonly #said$ = new Subject<{
    readonly from: TestTab;
    readonly name: string;
    readonly message: unknown;
  }>();

  constructor(scheduler: SchedulerLike, disk = new MemoryDisk()) {
    this.#scheduler = scheduler;
    this.disk = disk;
  }

  tab(): TestTab {
    const run = new Running(this.#scheduler);
    const tab: TestTab = {
      hidden: false,
      isHidden: () => tab.hidden,
      disk: this.disk,
      scheduler: run,
      transport: (cable) => (url) => {
        run.dies.add(() => {
          cable.cut();
        });
        return cable.transport(url).pipe(map((link): Link => ({ ...link, down$: run.gate(link.down$) })));
      },
      freeze: () => {
        run.freeze();
      },
      wake: () => {
        run.wake();
      },
      crash: () => {
        run.crash();
      },
      lock: (name, steal) => this.#claim(run, name, steal),
      channel: (name): TabChannel => ({
        messages$: run.gate(
          this.#said$.pipe(
            filter((said) => said.from !== tab && said.name === name),
            map(({ message }) => message),
          ),
        ),
        post: (message) => {
          const copy: unknown = structuredClone(message);
          this.#scheduler.schedule(() => {
            this.#said$.next({ from: tab, name, message: structuredClone(copy) });
          });
        },
        close: () => undefined,
      }),
    };
    return tab;
  }

  #claim(run: Running, name: string, steal: boolean): Observable<void> {
    return new Observable((subscriber) => {
      const claims = this.#locks.get(name) ?? [];
      this.#locks.set(name, claims);
      const claim: Claim = {
        granted: () => run.later(() => subscriber.next()),
        lost: () => run.later(() => subscriber.complete()),
      };
      const give = (): void => {
        const at = claims.indexOf(claim);
        if (at === -1) return;
        claims.splice(at, 1);
        if (at === 0) claims[0]?.granted();
      };
      if (steal) {
        claims.shift()?.lost();
        claims.unshift(claim);
      } else {
        claims.push(claim);
      }
      if (claims[0] === claim) claim.granted();
      run.dies.add(give);
      subscriber.add(give);
    });
  }
}

interface Claim {
  readonly granted: () => void;
  readonly lost: () => void;
}

/** The event loop of a tab: what comes while it is frozen waits, and what comes after its end is lost. */
class Running implements SchedulerLike {
  readonly dies = new Subscription();
  readonly #scheduler: SchedulerLike;
  #waiting: (() => void)[] = [];
  #frozen = false;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const run = (task: () => void): void => {
      this.#run(task);
    };
    return this.#scheduler.schedule<T>(
      function (this: SchedulerAction<T>, given?: T) {
        run(() => {
          if (!this.closed) work.call(this, given);
        });
      },
      delay,
      state,
    );
  }

  /** A task of the tab, after what is under way. */
  later(task: () => void): void {
    this.#scheduler.schedule(() => {
      this.#run(task);
    });
  }

  gate<T>(source: Observable<T>): Observable<T> {
    return new Observable((subscriber) =>
      source.subscribe({
        next: (value) => {
          this.#run(() => {
            subscriber.next(value);
          });
        },
        error: (error: unknown) => {
          this.#run(() => {
            subscriber.error(error);
          });
        },
        complete: () => {
          this.#run(() => {
            subscriber.complete();
          });
        },
      }),
    );
  }

  freeze(): void {
    this.#frozen = true;
  }

  wake(): void {
    this.#frozen = false;
    for (const task of this.#waiting.splice(0)) task();
  }

  crash(): void {
    this.#frozen = true;
    this.dies.unsubscribe();
    this.#waiting = [];
  }

  #run(task: () => void): void {
    if (!this.dies.closed) {
      if (this.#frozen) this.#waiting.push(task);
      else task();
    }
  }
}
