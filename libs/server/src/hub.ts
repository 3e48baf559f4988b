import type { DocState, Version } from '@atomsync/protocol';
import { EMPTY, Subject, type Subscription } from 'rxjs';
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

  /** Finishes what is being stored, closes all links with 1012, then the store. */
  close(): Promise<void> {
    return this.#core.close();
  }
}

class Core implements HubCore {
  readonly turns = new Turns();
  readonly changed$ = new Subject<string>();
  readonly epoch: Epoch;
  readonly subscriptionDeps: SubscriptionDeps;
  readonly #all = new Set<Peer>();
  readonly #connected = new Connected();
  readonly #rights: Subscription;
  readonly #queue = new Subject<Queued>();
  readonly #stored: Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(
    readonly options: HubOptions,
    epochs: readonly Epoch[],
  ) {
    const ordinals = new Map(epochs.map(({ id, ordinal }) => [id, ordinal]));
    const { store, page, scheduler, maxBuffered, maxStall } = options;
    const { turns } = this;
    const feeds = new Feeds();
    this.epoch = epochs.at(-1)!;
    const { epoch } = this;
    this.subscriptionDeps = {
      ...{ turns, store, feeds, epoch, page, scheduler, maxBuffered, maxStall },
      epochOrdinal: (id) => ordinals.get(id),
      compatibleWith: (name) => options.features.of(name).compatibleWith,
    };
    this.#stored = this.#queue
      .pipe(
        group({
          ...{ turns, store, feeds, epoch },
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
    if (this.#closing !== undefined) {
      throw new AtomSyncServerError(
        'HUB_CLOSED',
        'The hub is closed and takes no connections; open a new one.',
      );
    }
    const connection = new Connection(link, headers, this);
    this.#all.add(connection);
    connection.run();
  }

  enqueue(item: Queued): void {
    if (this.#closing !== undefined) return;
    this.options.meter?.arrived(item);
    this.#queue.next(item);
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

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#rights.unsubscribe();
    this.#queue.complete();
    await this.#stored;
    for (const connection of [...this.#all]) connection.close(CLOSE.restart, 'SHUTTING_DOWN');
    await this.turns.take(() => this.options.store.close());
  }
}

const batchBound = (max: number): BatchBound<Queued> => ({
  max,
  size: (item) => ('push' in item ? item.push.mutations.length : 1),
});
