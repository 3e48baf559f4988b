import type { Commit, DocState } from '@atomsync/protocol';
import {
  Features,
  MemoryCommitStore,
  SyncHub,
  type AuthorizeRequest,
  type Credentials,
  type Link,
  type Principal,
} from '@atomsync/server';
import type { VirtualClock } from '@atomsync/testing';
import { Subject } from 'rxjs';
import { FaultyStore, type CrashPoint, type ServerDisk } from './faulty-store';
import { POISON, SWAPS } from './operations';
import type { WorldPlan } from './plan';

/** What a clock that is right shows at first: wrong ones must not come before 1970. */
export const BEGINNING = Date.UTC(2030, 0, 1);

/** Small, so that it is met. Bytes. */
export const MAX_BUFFERED = 400;
export const MAX_UNREAD = 20_000;

export interface SimulatedServerOptions {
  readonly group: string;
  readonly world: WorldPlan;
  readonly clock: VirtualClock;
  readonly newId: (kind: string) => string;
  /** The server is gone, without a word. */
  readonly died: () => void;
}

/** The real hub on a faulty store, through all its lives. */
export class SimulatedServer {
  /** Milliseconds by which its clock is off. */
  skew = 0;
  readonly #options: SimulatedServerOptions;
  readonly #withdrawn = new Set<string>();
  readonly #changes$ = new Subject<string>();
  #store: FaultyStore;
  #hub: SyncHub | undefined;
  #life = 0;
  #starting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: SimulatedServerOptions) {
    this.#options = options;
    this.#store = this.#storeOn({ data: new MemoryCommitStore(), commits: [] });
  }

  /** All that is committed, in order. */
  get commits(): readonly Commit[] {
    return this.#store.commits;
  }

  get store(): FaultyStore {
    return this.#store;
  }

  get isUp(): boolean {
    return this.#hub !== undefined;
  }

  accept(link: Link): void {
    if (this.#hub === undefined) link.close(1012, 'restart');
    else this.#hub.accept(link);
  }

  /** Starts, once the life before has ended; one at a time has the data, as a lock on the database sees to. */
  start(): Promise<void> {
    this.#starting ??= this.#open(this.#life);
    return this.#starting;
  }

  /** Dies at once, or in the next transaction. */
  crash(point?: CrashPoint): void {
    if (point !== undefined) {
      this.#store.crashAt = point;
      return;
    }
    this.#store.die();
    this.#died();
  }

  /** Ends in good order; what is under way takes its time. */
  async end(): Promise<void> {
    const hub = this.#hub;
    if (hub === undefined) return;
    this.#hub = undefined;
    this.#starting = undefined;
    this.#ending = hub.close();
    await this.#ending;
  }

  /** What is durable now. */
  backup(): ServerDisk {
    return this.#store.disk();
  }

  /** Dies, and comes back on what the backup holds. */
  async restore(backup: ServerDisk): Promise<void> {
    this.crash();
    this.#store = this.#storeOn({ data: backup.data.copy(), commits: backup.commits });
    await this.start();
  }

  withdraw(user: string): void {
    this.#withdrawn.add(user);
    this.#changes$.next(user);
  }

  grant(user: string): void {
    this.#withdrawn.delete(user);
    this.#changes$.next(user);
  }

  isWithdrawn(user: string): boolean {
    return this.#withdrawn.has(user);
  }

  async purge(): Promise<void> {
    await this.#hub?.purge(this.#options.group, Number.MAX_SAFE_INTEGER);
  }

  /** The docs it would give a new client. */
  async docs(keys: readonly string[]): Promise<readonly DocState[]> {
    return (await this.#hub!.look(this.#options.group, keys)).docs;
  }

  async #open(life: number): Promise<void> {
    await this.#ending;
    if (life !== this.#life) return;
    const { clock, world, group, newId } = this.#options;
    const hub = await SyncHub.open({
      store: this.#store,
      scheduler: clock,
      clock: () => BEGINNING + Math.floor(clock.now()) + this.skew,
      randomId: () => newId('epoch'),
      page: { maxDocs: world.maxDocs, maxBytes: 1_000_000 },
      features: new Features(world.serverSwaps ? [{ group, swaps: SWAPS }] : []),
      maxBuffered: MAX_BUFFERED,
      maxUnread: MAX_UNREAD,
      auth: {
        authenticate: (shown) => this.#principal(shown),
        authorize: (request) => this.#may(request),
        readRights: ({ id }) => (this.#withdrawn.has(id) ? 'none' : 'all'),
        changes$: this.#changes$,
      },
    });
    if (life === this.#life) this.#hub = hub;
  }

  #storeOn(disk: ServerDisk): FaultyStore {
    const { clock, group } = this.#options;
    return new FaultyStore(disk, {
      group,
      wait: (milliseconds) =>
        new Promise((done) => {
          clock.schedule(() => {
            done();
          }, milliseconds);
        }),
      died: () => {
        this.#died();
      },
    });
  }

  #died(): void {
    this.#life++;
    this.#hub = undefined;
    this.#starting = undefined;
    this.#ending = undefined;
    // Another life finds what is durable, and nothing of this one reaches it any more.
    this.#store = this.#storeOn(this.#store.disk());
    this.#options.died();
  }

  #principal({ user }: Credentials): Principal {
    const { world, clock } = this.#options;
    const id = user ?? '';
    return world.tokenLife === 0
      ? { id }
      : { id, expiresAt: BEGINNING + Math.floor(clock.now()) + this.skew + world.tokenLife };
  }

  #may({ principal, action, key }: AuthorizeRequest): boolean {
    return !this.#withdrawn.has(principal.id) && !(action === 'write' && key === POISON);
  }
}
