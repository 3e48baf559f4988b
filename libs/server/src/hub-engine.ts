import { EMPTY, identity, Subject, type Subscription } from 'rxjs';
import type { AtomHost } from './atoms/atom-host';
import type { CommitHandler } from './atoms/commit-handler';
import { CommitHandlers } from './atoms/commit-handlers';
import { OwnLines } from './atoms/own-lines';
import type { ServerWrite } from './atoms/queued-write';
import type { StoredCommits } from './atoms/stored-commit';
import type { Credentials, Principal } from './auth/sync-auth';
import { CLOSE } from './close-codes';
import { Connected } from './connected';
import { Connection } from './connection';
import { AtomSyncServerError } from './errors';
import { Feeds } from './feeds/feeds';
import type { SubscriptionDeps } from './feeds/subscription';
import { Neighbours } from './gateways/neighbours';
import { group } from './group';
import type { HubCore, Peer } from './hub-core';
import { type HubOptions } from './hub-options';
import type { BatchBound } from './in-turns';
import type { Link } from './link';
import { groupOf, type Queued } from './queued-push';
import type { Epoch } from './store/commit-store';
import { purgeTombstones, type PurgeDeps } from './retention/purge-tombstones';
import type { Purged } from './retention/purged';
import { retain } from './retention/retention';
import { Reservations } from './reservations';
import type { ConnectionOrigin } from './sync-event';
import { NoTurns, Turns } from './turns';

/** What a hub does, behind its face. */
export class HubEngine implements HubCore, AtomHost {
  readonly turns: Turns;
  readonly changed$ = new Subject<string>();
  readonly neighbours: Neighbours | undefined;
  readonly subscriptionDeps: SubscriptionDeps;
  readonly committed$ = new Subject<StoredCommits>();
  #epochs: readonly Epoch[];
  readonly #lines: OwnLines;
  readonly #handlers = new CommitHandlers(this);
  readonly #all = new Set<Peer>();
  readonly #connected = new Connected();
  readonly #rights: Subscription;
  readonly #retention: Subscription;
  readonly #life: Subscription | undefined;
  readonly #purge: PurgeDeps;
  readonly #queue = new Subject<Queued>();
  readonly #stored: Promise<void>;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #takesWrites = true;

  constructor(
    readonly options: HubOptions,
    epochs: readonly Epoch[],
  ) {
    const { store, page, scheduler, maxBuffered, maxStall } = options;
    this.#epochs = epochs;
    const { committed$ } = this;
    const epoch = (): Epoch => this.epoch;
    const { shared } = store;
    const turns = (this.turns = shared === undefined ? new Turns() : new NoTurns());
    const onFault = (error: unknown): void => this.onFault(error);
    this.neighbours =
      shared === undefined
        ? undefined
        : new Neighbours({
            ...{ store, scheduler, epoch, onFault },
            bus: options.bus,
            lookAfter: options.lookAfter,
          });
    const feeds = this.neighbours?.feeds ?? new Feeds();
    this.#life = shared?.epochs$.subscribe((now) => this.#live(now));
    this.#lines = new OwnLines(options.randomId);
    this.subscriptionDeps = {
      ...{ turns, store, feeds, epoch, page, scheduler, maxBuffered, maxStall },
      epochOrdinal: (id) => this.epochOrdinal(id),
      compatibleWith: (name) => options.features.of(name).compatibleWith,
    };
    this.#stored = this.#queue
      .pipe(
        group({
          ...{ turns, store, feeds, epoch, committed$ },
          reservations: new Reservations(options.scheduler, options.fairness),
          bound: batchBound(options.maxBatch),
          laneOf: shared === undefined ? () => '' : groupOf,
          tellOthers: this.neighbours?.tell() ?? identity,
          meter: options.meter,
          pushDeps: () => ({
            auth: options.auth,
            limits: options.limits,
            now: options.clock(),
            features: options.features,
            onFault,
          }),
          onFault,
        }),
      )
      .forEach(() => undefined);
    const isStopped = () => this.#draining !== undefined;
    const onPurged = (purged: Purged): void => options.log({ event: 'tombstones purged', ...purged });
    this.#purge = { turns, store, isStopped, onPurged };
    const { retention, clock } = options;
    this.#retention = (
      retention === undefined ? EMPTY : retain(retention, { ...this.#purge, clock, scheduler, onFault })
    ).subscribe();
    this.#rights = (options.auth.changes$ ?? EMPTY).subscribe({
      next: (changed) =>
        typeof changed === 'string' ? this.refresh(changed) : this.refresh(changed.id, changed),
      error: (error: unknown) => this.onFault(error),
    });
  }

  purgeOld({ group: name, olderThan }: { group?: string | undefined; olderThan: number }): Promise<Purged[]> {
    return purgeTombstones(this.#purge, { group: name, until: this.options.clock() - olderThan });
  }

  /** The one under way. */
  get epoch(): Epoch {
    return this.#epochs.at(-1)!;
  }

  get connections(): number {
    return this.#connected.size;
  }

  refresh(id: string, principal?: Principal): void {
    this.changed$.next(id);
    for (const connection of this.#connected.of(id)) connection.refresh(principal);
  }

  accept(link: Link, headers: Credentials['headers'], origin?: ConnectionOrigin): void {
    if (this.#draining !== undefined) throw closed('connections');
    const connection = new Connection(link, { headers, origin }, this);
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

  onFault(error: unknown, connection?: string): void {
    this.options.onFault(error, connection);
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
    this.#retention.unsubscribe();
    // Handlers may write, so they end first.
    await this.#handlers.stop();
    this.#takesWrites = false;
    this.#queue.complete();
    await this.#stored;
    for (const connection of [...this.#all]) connection.close(CLOSE.restart, 'SHUTTING_DOWN');
    // Until then commits go out, and to nobody whose right has ended.
    this.#rights.unsubscribe();
    this.committed$.complete();
    this.neighbours?.close();
  }

  /** Another epoch may have begun: then cursors are looked at anew, as after a restart. */
  #live(epochs: readonly Epoch[]): void {
    const known = this.epoch.id;
    this.#epochs = epochs;
    if (this.epoch.id === known) return;
    for (const connection of [...this.#all]) connection.close(CLOSE.restart, 'SHUTTING_DOWN');
  }

  async #close(): Promise<void> {
    await this.drain();
    this.#life?.unsubscribe();
    await this.options.bus?.close();
    await this.turns.take(() => this.options.store.close());
  }
}

const closed = (what: string) =>
  new AtomSyncServerError('HUB_CLOSED', `The hub is closed and takes no ${what}; open a new one.`);

const batchBound = (max: number): BatchBound<Queued> => ({
  max,
  size: (item) => ('push' in item ? item.push.mutations.length : 1),
});
