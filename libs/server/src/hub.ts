import type { DocState, Version } from '@atomsync/protocol';
import type { AtomHost } from './atoms/atom-host';
import type { CommitHandler } from './atoms/commit-handler';
import { ServerAtom } from './atoms/server-atom';
import { authenticate, type Authenticated } from './auth/authenticate';
import { bearerToken } from './auth/bearer-token';
import type { Credentials } from './auth/sync-auth';
import type { BusState } from './gateways/neighbours';
import { hubOptions, type HubConfig } from './hub-options';
import type { Link } from './link';
import type { Epoch } from './store/commit-store';
import type { Purged } from './retention/purged';
import type { ConnectionOrigin } from './sync-event';
import { HubEngine } from './hub-engine';

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
  readonly #core: HubEngine;

  private constructor(core: HubEngine) {
    this.#core = core;
  }

  /** Opens the store, which begins a new epoch. */
  static async open(config: HubConfig): Promise<SyncHub> {
    const options = hubOptions(config);
    const epochs = await options.store.open({ id: options.randomId(), startedAt: options.clock() });
    try {
      // The data's first life names it for good.
      await options.bus?.open(epochs[0]!.id);
    } catch (error) {
      await options.store.close();
      throw error;
    }
    return new SyncHub(new HubEngine(options, epochs));
  }

  /** One life of the data, from this `open` to the next. */
  get epoch(): Epoch {
    return this.#core.epoch;
  }

  /** How commits of other gateways come here; absent where there can be none. */
  get bus(): BusState | undefined {
    return this.#core.neighbours?.busState;
  }

  /** Connections that have been welcomed and not closed. */
  get connections(): number {
    return this.#core.connections;
  }

  /**
   * Serves a connection until it closes. `headers` are those of the upgrade request, for `SyncAuth`; where there is an
   * `origin`, the log is told when it opens and closes.
   * Throws `HUB_CLOSED` after `close`.
   */
  accept(link: Link, headers: Credentials['headers'] = {}, origin?: ConnectionOrigin): void {
    this.#core.accept(link, headers, origin);
  }

  /** Who the bearer token in these headers is of; absent where they have none. Rejects with what `SyncAuth` throws. */
  async authenticate(headers: Credentials['headers']): Promise<Authenticated | undefined> {
    if (bearerToken(headers) === undefined) return undefined;
    const { auth, clock } = this.#core.options;
    return authenticate(auth, { headers }, clock());
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

  /**
   * Removes tombstones of docs that were deleted at least `olderThan` milliseconds ago, of one group or of all, in short
   * turns of the writer's. Returns what went of each group of which something went.
   */
  purgeOld(request: {
    readonly group?: string | undefined;
    readonly olderThan: number;
  }): Promise<readonly Purged[]> {
    return this.#core.purgeOld(request);
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
