import localforage from 'localforage';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { v7 } from 'uuid';
import type { LocalGroup, LocalStore } from '../local-store';
import { alreadyOpen, LocalStoreError } from '../local-store-error';
import { GroupCommit } from './group-commit';
import { databaseGone, storeTakenOver } from './indexed-db-errors';
import { LocalforageGroup, type LocalforageGroupOptions, type RecordsAccess } from './localforage-group';
import { openRecords, type Changes, type RecordsForage } from './records-driver';
import { groupOf, GroupKeys, OWNER } from './stored-records';

export interface LocalforageStoreOptions {
  /** Milliseconds without an append after which a group may be compacted; 1,000 by default. */
  readonly idleAfter?: number;
  /** Groups in which less than so many bytes are outdated are not compacted; 65,536 by default. */
  readonly compactFrom?: number;
  /** Bytes in one stored chunk of docs; 262,144 by default. */
  readonly chunkBytes?: number;
  /**
   * Told of what needs no answer: damage that was repaired, a compaction that failed and will be tried again.
   */
  readonly report?: (error: LocalStoreError) => void;
  readonly scheduler?: SchedulerLike;
  /** Runs `act` when the page has nothing better to do; `requestIdleCallback` by default. */
  readonly whenIdle?: (act: () => void) => void;
  /** Names that were never given before. */
  readonly newId?: () => string;
}

/**
 * A store in the IndexedDB of this site, in a database named `database`, through localforage. What an append
 * promised survives the end of the tab and of the machine, as long as the browser keeps the site's data.
 *
 * The last store that opened a group in `database`, in any tab, has it: the appends of those before it reject
 * with `STORE_CLOSED`, and write nothing.
 *
 * @example
 * const conn = openAtomSync('my-app', { server, store: localforageStore('my-app') });
 */
export const localforageStore = (database: string, options: LocalforageStoreOptions = {}): LocalStore =>
  new LocalforageStore(database, options);

class LocalforageStore implements LocalStore {
  readonly #database: string;
  readonly #token: string;
  readonly #groupOptions: LocalforageGroupOptions;
  readonly #access: RecordsAccess;
  readonly #open = new Map<string, Promise<LocalforageGroup>>();
  #records: Promise<RecordsForage> | undefined;
  /** Settled when the database is ours to write; absent when it has to be (again), as after anything that failed. */
  #owned: Promise<void> | undefined;
  #wasOwner = false;
  #refusal: LocalStoreError | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    database: string,
    {
      idleAfter = 1_000,
      compactFrom = 65_536,
      chunkBytes = 262_144,
      report = () => {},
      scheduler = asyncScheduler,
      whenIdle = whenBrowserIsIdle,
      newId = v7,
    }: LocalforageStoreOptions,
  ) {
    this.#database = database;
    this.#token = newId();
    this.#groupOptions = { idleAfter, compactFrom, chunkBytes, report, scheduler, whenIdle };
    const appends = new GroupCommit((changes) => this.#commit(changes));
    this.#access = {
      appends,
      read: async (keys) => {
        await appends.settled();
        return (await this.#opened()).readRecords(...keys.all);
      },
    };
  }

  async open(group: string): Promise<LocalGroup> {
    this.#demandOpen();
    if (this.#open.has(group)) throw alreadyOpen(group);
    const opening = this.#openGroup(new GroupKeys(group));
    this.#open.set(group, opening);
    try {
      return await opening;
    } catch (error) {
      this.#open.delete(group);
      throw error;
    }
  }

  async groups(): Promise<readonly string[]> {
    this.#demandOpen();
    const keys = await (await this.#opened()).keys();
    return [...new Set(keys.map(groupOf))].filter((group) => group !== undefined);
  }

  async wipe(): Promise<void> {
    this.#demandOpen();
    await this.#closeGroups();
    await this.#own();
    await this.#commit({ clear: true, put: [[OWNER, this.#token]] });
  }

  async remove(): Promise<void> {
    await this.wipe();
    await this.close();
    await (await this.#opened()).dropInstance();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#closeGroups();
    if (this.#records) (await this.#records).disconnect();
  }

  async #openGroup(keys: GroupKeys): Promise<LocalforageGroup> {
    await this.#own();
    return LocalforageGroup.open(keys, this.#access, this.#groupOptions, () => this.#open.delete(keys.group));
  }

  async #closeGroups(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const group of opened) if (group.status === 'fulfilled') await group.value.close();
  }

  #opened(): Promise<RecordsForage> {
    return (this.#records ??= openRecords(localforage, this.#database));
  }

  /** Takes the database over from whoever had it; after that, only where nobody has it. */
  #own(): Promise<void> {
    return (this.#owned ??= this.#put({ put: [[OWNER, this.#token]] }, (owner) =>
      this.#wasOwner && owner !== undefined ? this.#unlessOurs(owner) : undefined,
    ).then(() => {
      this.#wasOwner = true;
    }));
  }

  #commit(changes: Changes): Promise<void> {
    return this.#put(changes, (owner) => this.#unlessOurs(owner));
  }

  async #put(changes: Changes, refuse: (owner: unknown) => LocalStoreError | undefined): Promise<void> {
    try {
      await (await this.#opened()).commit(changes, OWNER, refuse);
    } catch (error) {
      this.#owned = undefined;
      throw error;
    }
  }

  #unlessOurs(owner: unknown): LocalStoreError | undefined {
    if (owner === this.#token) return undefined;
    if (owner !== undefined) return (this.#refusal = storeTakenOver(this.#database));
    return databaseGone(this.#database);
  }

  #demandOpen(): void {
    if (this.#closing) throw new LocalStoreError('STORE_CLOSED', 'This store was closed; open a new one.');
    if (this.#refusal) throw this.#refusal;
  }
}

/** Safari has no such moments: there, a page that has been quiet for a second is idle enough. */
const whenBrowserIsIdle = (act: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(act);
  else act();
};
