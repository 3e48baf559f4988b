import type { DocState, Version } from '@atomsync/protocol';
import { EMPTY, Subject, type Subscription } from 'rxjs';
import type { AtomHost } from './atoms/atom-host';
import type { CommitHandler } from './atoms/commit-handler';
import { CommitHandlers } from './atoms/commit-handlers';
import { OwnLines } from './atoms/own-lines';
import type { ServerWrite } from './atoms/queued-write';
import { ServerAtom } from './atoms/server-atom';
import type { StoredCommits } from './atoms/stored-commit';
import type { Credentials, Principal } from './auth/sync-auth';
import { CLOSE } from './close-codes';
import { Connected } from './connected';
import { Connection } from './connection';
import { AtomSyncServerError } from './errors';
import { Feeds } from './feeds/feeds';
import type { SubscriptionDeps } from './feeds/subscription';
import { group } from './group';
import type { HubCore, Peer } from './hub-core';
import { hubOptions, type HubConfig, type HubOptions } from './hub-options';
import type { BatchBound } from './in-turns';
import type { Link } from './link';
import type { Queued } from './queued-push';
import type { Epoch } from './store/commit-store';
import { Reservations } from './reservations';
import { Turns } from './turns';

/** What a moment's look into a group shows. */
export interface GroupGlance {
  readonly head: Version;
  readonly docs: readonly DocState[];
}

/**
 * The server without sockets, Nest or a database of its own: links in, one store behind. With the memory
 * store and links in memory it runs on microtasks alone, which is how it is tested.
 *
 * @example
 * const hub = await SyncHub.open({ store: new MemoryCommitStore() });
 * hub.accept(link);
 */
export class SyncHub {
  readonly #core: Core;

  private constructor(core: Core) {
    this.#core = core;
  }

  /** Opens the store, which begins a new epoch. */
  static async open(config: HubConfig): Promise<SyncHub> {
    const options = hubOptions(config);
    const epochs = await options.store.open({ id: options.randomId(), startedAt: options.clock() });
    return new SyncHub(new Core(options, epochs));
  }

  /** One life of the data, from this `open` to the next. */
  get epoch(): Epoch {
    return this.#core.epoch;
  }

  /** Connections that have been welcomed and not closed. */
  get connections(): number {
    return this.#core.connections;
  }

  /**
   * Serves a connection until it closes. `headers` are those of the upgrade request, for `SyncAuth`.
   * Throws `HUB_CLOSED` after `close`.
   */
  accept(link: Link, headers: Credentials['headers'] = {}): void {
    this.#core.accept(link, headers);
  }

  /** The docs under `keys`, tombstones included, and the group's head beside them. Asks nobody for rights. */
  look(groupName: string, keys: readonly string[]): Promise<GroupGlance> {
    return this.#core.turns.take(() =>
      this.#core.options.store.read(async (reader) => {
        const docs = [...new Set(keys)].map((key) => ({ group: groupName, key }));
        const rows = await reader.load({ groups: [groupName], docs, lines: [] });
        return { head: rows.groups[0]?.head ?? 0, docs: rows.docs };
      }),
    );
  }

  /**
   * The rights of a principal have changed, or its credentials count no more: its open connections are looked at
   * again at once, with what they have shown. See `SyncAuth.changes$`.
   */
  refresh(principal: string): void {
    this.#core.refresh(principal);
  }

  /** Removes the group's tombstones up to `through`; clients that were last here before get a resync. */
  purge(groupName: string, through: number): Promise<number> {
    return this.#core.turns.take(() => this.#core.options.store.purge(groupName, through));
  }

  /** @internal */
  get host(): AtomHost {
    return this.#core;
  }

  /** The docs of a group, to be read and written by the server itself. */
  atom<D>(groupName: string): ServerAtom<D> {
    return new ServerAtom<D>(groupName, () => this.#core);
  }

  /**
   * Tells a handler of all commits in the groups it names, from where it was: in order, each at least once, and never in
   * the way of commits. Throws `BAD_OPTION` where its name is taken, and `HUB_CLOSED`.
   */
  onCommit(handler: CommitHandler): void {
    this.#core.onCommit(handler);
  }

  /**
   * Lets handlers finish the call they are in, finishes what is being stored and closes all links with 1012. What is
   * stored can be read until `close`.
   */
  drain(): Promise<void> {
    return this.#core.drain();
  }

  /** As `drain`, and then closes the store. */
  close(): Promise<void> {
    return this.#core.close();
  }
}

class Core implements HubCore, AtomHost {
  readonly turns = new Turns();
  readonly changed$ = new Subject<string>();
  readonly epoch: Epoch;
  readonly subscriptionDeps: SubscriptionDeps;
  readonly committed$ = new Subject<StoredCommits>();
  readonly #epochs: readonly Epoch[];
  readonly #lines: OwnLines;
  readonly #handlers = new CommitHandlers(this);
  readonly #all = new Set<Peer>();
  readonly #connected = new Connected();
  readonly #rights: Subscription;
  readonly #queue = new Subject<Queued>();
  readonly #stored: Promise<void>;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #takesWrites = true;

  constructor(
    readonly options: HubOptions,
    epochs: readonly Epoch[],
  ) {
    const ordinals = new Map(epochs.map(({ id, ordinal }) => [id, ordinal]));
    const { store, page, scheduler, maxBuffered, maxStall } = options;
    const { turns } = this;
    const feeds = new Feeds();
    this.epoch = epochs.at(-1)!;
    const { epoch, committed$ } = this;
    this.#epochs = epochs;
    this.#lines = new OwnLines(options.randomId);
    this.subscriptionDeps = {
      ...{ turns, store, feeds, epoch, page, scheduler, maxBuffered, maxStall },
      epochOrdinal: (id) => ordinals.get(id),
      compatibleWith: (name) => options.features.of(name).compatibleWith,
    };
    this.#stored = this.#queue
      .pipe(
        group({
          ...{ turns, store, feeds, epoch, committed$ },
          reservations: new Reservations(options.scheduler, options.fairness),
          bound: batchBound(options.maxBatch),
          meter: options.meter,
          pushDeps: () => ({
            auth: options.auth,
            limits: options.limits,
            now: options.clock(),
            features: options.features,
            onFault: (error) => this.onFault(error),
          }),
          onFault: (error) => this.onFault(error),
        }),
      )
      .forEach(() => undefined);
    this.#rights = (options.auth.changes$ ?? EMPTY).subscribe({
      next: (changed) =>
        typeof changed === 'string' ? this.refresh(changed) : this.refresh(changed.id, changed),
      error: (error: unknown) => this.onFault(error),
    });
  }

  get connections(): number {
    return this.#connected.size;
  }

  refresh(id: string, principal?: Principal): void {
    this.changed$.next(id);
    for (const connection of this.#connected.of(id)) connection.refresh(principal);
  }

  accept(link: Link, headers: Credentials['headers']): void {
    if (this.#draining !== undefined) throw closed('connections');
    const connection = new Connection(link, headers, this);
    this.#all.add(connection);
    connection.run();
  }

  enqueue(item: Queued): void {
    if (this.#takesWrites) this.#put(item);
  }

  write(write: ServerWrite): void {
    if (!this.#takesWrites) throw closed('writes');
    this.#put({ write });
  }

  #put(item: Queued): void {
    this.options.meter?.arrived(item);
    this.#queue.next(item);
  }

  onCommit(handler: CommitHandler): void {
    if (this.#draining !== undefined) throw closed('handlers');
    this.#handlers.add(handler);
  }

  epochId(ordinal: number): string {
    return this.#epochs.find((epoch) => epoch.ordinal === ordinal)?.id ?? '';
  }

  epochOrdinal(id: string): number | undefined {
    return this.#epochs.find((epoch) => epoch.id === id)?.ordinal;
  }

  lineOf({ id }: Principal): string {
    return this.#lines.of(id);
  }

  takeOver(clientId: string, principal: Principal, by: Peer): void {
    const other = this.#connected.speaker(principal.id, clientId);
    if (other !== by) other?.replace();
  }

  connectionsOf(principal: string): number {
    return this.#connected.of(principal).length;
  }

  joined(connection: Peer): void {
    this.#connected.add(connection);
  }

  left(connection: Peer): void {
    this.#all.delete(connection);
    this.#connected.delete(connection);
  }

  onFault(error: unknown): void {
    this.options.onFault(error);
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    this.#rights.unsubscribe();
    // Handlers may write, so they end first.
    await this.#handlers.stop();
    this.#takesWrites = false;
    this.#queue.complete();
    await this.#stored;
    for (const connection of [...this.#all]) connection.close(CLOSE.restart, 'SHUTTING_DOWN');
    this.committed$.complete();
  }

  async #close(): Promise<void> {
    await this.drain();
    await this.turns.take(() => this.options.store.close());
  }
}

const closed = (what: string) =>
  new AtomSyncServerError('HUB_CLOSED', `The hub is closed and takes no ${what}; open a new one.`);

const batchBound = (max: number): BatchBound<Queued> => ({
  max,
  size: (item) => ('push' in item ? item.push.mutations.length : 1),
});
