import {
  memoryLocalStore,
  openAtomSync,
  syncedAtom,
  type AtomSync,
  type AtomSyncOptions,
  type MemoryDisk,
  type SyncedAtom,
  type SyncedAtomOptions,
} from '@atomsync/client';
import {
  MemoryCommitStore,
  SyncHub,
  type AuthorizeRequest,
  type HubConfig,
  type SyncAuth,
} from '@atomsync/server';
import { MemoryCable } from './memory-link';
import { TestProfile, type TestTab } from './test-profile';
import { settle, VirtualClock } from './virtual-clock';

/** What a test net is made of; everything has a default. */
export interface TestNetOptions {
  readonly scheduler?: VirtualClock;
  /** Milliseconds a frame takes one way; 1 by default. */
  readonly latency?: number | (() => number);
  /** Numbers in [0, 1) for the jitter; always 0.5 by default. */
  readonly random?: () => number;
  readonly server?: Partial<HubConfig>;
}

export interface TestClientOptions extends Partial<AtomSyncOptions> {
  /** What the client's local store writes to: hand over the same disk to open it again after a restart. */
  readonly disk?: MemoryDisk;
  /** The browser tab it runs in; those of one profile share its disk. */
  readonly tab?: TestTab;
}

export interface TestClient {
  readonly sync: AtomSync;
  readonly cable: MemoryCable;
}

/**
 * A server and any number of clients in one process, in memory, on virtual time: the real pipelines, the
 * real decision and broadcast, no sockets and no waiting.
 *
 * @example
 * const net = createTestNet();
 * const [a, b] = net.atoms<Todo>('todo', 2);
 * a.put('todo:1', { text: 'Buy milk', done: false });
 * await net.flush();
 * b.value.get('todo:1')?.text; // 'Buy milk'
 */
export class TestNet {
  readonly clock: VirtualClock;
  #store = new MemoryCommitStore();
  readonly #options: TestNetOptions;
  readonly #clients = new Map<AtomSync, TestClient>();
  readonly #atoms = new Map<unknown, TestClient>();
  readonly #disks = new Set<MemoryDisk>();
  #hub: Promise<SyncHub>;
  #refusal: ((request: AuthorizeRequest) => boolean) | undefined;
  #ids = 0;

  constructor(options: TestNetOptions = {}) {
    this.#options = options;
    this.clock = options.scheduler ?? new VirtualClock();
    this.#hub = this.#openHub();
  }

  get hub(): Promise<SyncHub> {
    return this.#hub;
  }

  /** A new client: as a new process, or a new browser. */
  client(options: TestClientOptions = {}): TestClient {
    const { tab, disk = tab?.disk, ...rest } = options;
    if (disk) this.#disks.add(disk);
    const latency = this.#options.latency ?? 1;
    const cable = new MemoryCable({
      scheduler: this.clock,
      latency: typeof latency === 'function' ? latency : () => latency,
      accept: (link) => {
        void this.#hub
          .then((hub) => {
            hub.accept(link);
          })
          // A server that is about to end takes nobody any more.
          .catch(() => {
            link.close(1012, 'restart');
          });
      },
    });
    const sync = openAtomSync(tab ? 'app' : `client ${++this.#ids}`, {
      server: 'ws://test/sync',
      transport: cable.transport,
      scheduler: this.clock,
      random: this.#options.random ?? (() => 0.5),
      now: () => this.clock.now(),
      newClientId: () => this.#newId('line'),
      newKey: () => this.#newId('key'),
      store: tab ? () => memoryLocalStore(disk) : memoryLocalStore(disk),
      ...(tab && { tabs: tab, scheduler: tab.scheduler, transport: tab.transport(cable) }),
      ...rest,
    });
    const client = { sync, cable };
    this.#clients.set(sync, client);
    return client;
  }

  /** A browser's profile, with tabs to come. */
  profile(): TestProfile {
    return new TestProfile(this.clock);
  }

  /** The same group in `count` new clients. */
  atoms<D>(group: string, count: number, options: SyncedAtomOptions<D> = {}): SyncedAtom<D>[] {
    return Array.from({ length: count }, () => this.atom<D>(this.client(), group, options));
  }

  atom<D>(client: TestClient, group: string, options: SyncedAtomOptions<D> = {}): SyncedAtom<D> {
    const opened = syncedAtom<D>(client.sync, group, options);
    this.#atoms.set(opened, client);
    return opened;
  }

  /** Takes the client of an atom off the net: its link is cut, and no new one comes up. */
  offline(atom: unknown): void {
    const { cable } = this.#clientOf(atom);
    cable.down = true;
    cable.cut();
  }

  /** Puts the client of an atom back on the net, and lets it connect at once. */
  online(atom: unknown): void {
    const { cable, sync } = this.#clientOf(atom);
    cable.down = false;
    sync.resume();
  }

  /** Cuts the link of an atom's client; it connects again by itself. */
  cut(atom: unknown): void {
    this.#clientOf(atom).cable.cut();
  }

  /** Lets time pass until everything in flight has arrived: `milliseconds` of it, 10,000 by default. */
  async flush(milliseconds = 10_000): Promise<void> {
    await this.#hub;
    await this.clock.advance(milliseconds);
  }

  /** From now on the server forbids the writes that `matches` names; all of them by default. */
  refuse(matches: (request: AuthorizeRequest) => boolean = ({ action }) => action === 'write'): void {
    this.#refusal = matches;
  }

  /** A copy of the server's data as it is now. */
  backup(): MemoryCommitStore {
    return this.#store.copy();
  }

  /** Ends the server and starts it again, on the same data or on a backup of it. */
  async restartServer(data?: MemoryCommitStore): Promise<void> {
    const hub = await this.#hub;
    for (const { cable } of this.#clients.values()) cable.cut();
    await hub.close();
    if (data !== undefined) this.#store = data.copy();
    this.#hub = this.#openHub();
    await this.#hub;
  }

  /** Closes all clients and the server. Does not wait for a client whose disk was lost: it can never be done. */
  async close(): Promise<void> {
    for (const sync of this.#clients.keys()) void sync.close();
    await settle();
    for (const disk of this.#disks) disk.flush();
    await settle();
    await (await this.#hub).close();
  }

  #openHub(): Promise<SyncHub> {
    return SyncHub.open({
      store: this.#store,
      scheduler: this.clock,
      clock: () => this.clock.now(),
      randomId: () => this.#newId('epoch'),
      auth: this.#auth(),
      ...this.#options.server,
    });
  }

  #auth(): SyncAuth {
    return {
      authenticate: ({ user }) => ({ id: user ?? 'test' }),
      authorize: (request) => !(this.#refusal?.(request) ?? false),
    };
  }

  #newId(kind: string): string {
    return `${kind}-${String(++this.#ids).padStart(6, '0')}`;
  }

  #clientOf(atom: unknown): TestClient {
    const client = this.#atoms.get(atom);
    if (!client)
      throw new Error('This atom is not one of this test net: get it from net.atoms() or net.atom().');
    return client;
  }
}

export function createTestNet(options?: TestNetOptions): TestNet {
  return new TestNet(options);
}
