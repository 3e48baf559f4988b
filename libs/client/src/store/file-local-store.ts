import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { lockDirectory } from './directory-lock';
import { syncDirectory } from './durable-files';
import { orFileError } from './file-errors';
import { FileLocalGroup, type FileGroupOptions } from './file-local-group';
import { GroupFiles, groupsIn, removeGroups } from './group-files';
import type { LocalGroup, LocalStore } from './local-store';
import { alreadyOpen, LocalStoreError } from './local-store-error';

export interface FileLocalStoreOptions {
  /** Milliseconds without an append after which a group may be compacted; 1,000 by default. */
  readonly idleAfter?: number;
  /** Journals of fewer bytes are not compacted; 65,536 by default. */
  readonly compactFrom?: number;
  /**
   * Told of what needs no answer: a damaged snapshot that was repaired, a compaction that failed and will be
   * tried again.
   */
  readonly report?: (error: LocalStoreError) => void;
  readonly scheduler?: SchedulerLike;
  /** Numbers in [0, 1), for names that must differ. */
  readonly random?: () => number;
}

/**
 * A store in the files of `directory`, which is made when it is not there and kept by one process at a time.
 * What an append promised survives the end of the process and of the machine.
 *
 * @example
 * const conn = openAtomSync('my-app', { server, store: fileLocalStore('./data/atoms') });
 */
export const fileLocalStore = (directory: string, options: FileLocalStoreOptions = {}): LocalStore =>
  new FileLocalStore(resolve(directory), options);

class FileLocalStore implements LocalStore {
  readonly #directory: string;
  readonly #random: () => number;
  readonly #groupOptions: FileGroupOptions;
  readonly #open = new Map<string, Promise<FileLocalGroup>>();
  #lock: ReturnType<typeof lockDirectory> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    directory: string,
    {
      idleAfter = 1_000,
      compactFrom = 65_536,
      report = () => {},
      scheduler = asyncScheduler,
      random = Math.random,
    }: FileLocalStoreOptions,
  ) {
    this.#directory = directory;
    this.#random = random;
    this.#groupOptions = { idleAfter, compactFrom, report, scheduler };
  }

  async open(group: string): Promise<LocalGroup> {
    this.#demandOpen();
    if (this.#open.has(group)) throw alreadyOpen(group);
    const opening = this.#openGroup(group);
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
    return this.#inDirectory(() => groupsIn(this.#directory));
  }

  async wipe(): Promise<void> {
    this.#demandOpen();
    await this.#eachGroup((group) => group.abandon());
    await this.#inDirectory(async () => {
      await removeGroups(this.#directory);
      await syncDirectory(this.#directory);
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#eachGroup((group) => group.close());
    const lock = this.#lock;
    this.#lock = undefined;
    if (lock) await orFileError(this.#directory, async () => (await lock).release());
  }

  async #openGroup(group: string): Promise<FileLocalGroup> {
    return this.#inDirectory(() =>
      FileLocalGroup.open(new GroupFiles(this.#directory, group), this.#groupOptions, () =>
        this.#open.delete(group),
      ),
    );
  }

  async #eachGroup(act: (group: FileLocalGroup) => Promise<void>): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const group of opened) if (group.status === 'fulfilled') await act(group.value);
  }

  /** Runs `act` once the directory is there and ours. */
  async #inDirectory<T>(act: () => Promise<T>): Promise<T> {
    return orFileError(this.#directory, async () => {
      await this.#locked();
      return act();
    });
  }

  async #locked(): Promise<void> {
    this.#lock ??= mkdir(this.#directory, { recursive: true }).then(() =>
      lockDirectory(this.#directory, this.#random),
    );
    const lock = this.#lock;
    try {
      await lock;
    } catch (error) {
      // The next call may find the directory free.
      if (this.#lock === lock) this.#lock = undefined;
      throw error;
    }
  }

  #demandOpen(): void {
    if (this.#closing) throw new LocalStoreError('STORE_CLOSED', 'This store was closed; open a new one.');
  }
}
