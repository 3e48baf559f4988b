import type { Commit } from '@atomsync/protocol';
import type { MemoryCommitStore } from '@atomsync/server';
import { type CommitStore, type Epoch, type StoreReader, type StoreWriter } from '@atomsync/server';

/** Where in a transaction the server dies. */
export type CrashPoint = 'before' | 'within' | 'after';

/** What is on the server's disk, and outlives it: its data, and (for the oracles) the commits that made it. */
export interface ServerDisk {
  readonly data: MemoryCommitStore;
  readonly commits: readonly Commit[];
}

export interface FaultyStoreOptions {
  readonly group: string;
  /** Lets milliseconds pass. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** The server has died at its crash point. */
  readonly died: () => void;
}

/** A store on a server's disk whose transactions take time, fail, and die with their server. */
export class FaultyStore implements CommitStore {
  /** Milliseconds a transaction waits before its commit. */
  delay = 0;
  failNext = false;
  crashAt: CrashPoint | undefined;
  readonly #data: MemoryCommitStore;
  readonly #commits: Commit[];
  readonly #options: FaultyStoreOptions;
  #isDead = false;

  constructor(disk: ServerDisk, options: FaultyStoreOptions) {
    this.#data = disk.data;
    this.#commits = [...disk.commits];
    this.#options = options;
  }

  get commits(): readonly Commit[] {
    return this.#commits;
  }

  /** What is durable now. */
  disk(): ServerDisk {
    return { data: this.#data.copy(), commits: [...this.#commits] };
  }

  /** From now on nothing of this life is heard any more, or reaches the disk. */
  die(): void {
    this.#isDead = true;
  }

  open(epoch: Pick<Epoch, 'id' | 'startedAt'>): Promise<readonly Epoch[]> {
    return this.#data.open(epoch);
  }

  read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    return this.#isDead ? never() : this.#alive(this.#data.read(work));
  }

  async write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    if (this.#isDead) return never();
    if (this.#crash('before')) return never();
    const result = await this.#data.write(async (writer) => {
      const made = await work(writer);
      if (this.delay > 0) await this.#options.wait(this.delay);
      if (this.#isDead || this.#crash('within')) return never<T>();
      if (this.failNext) {
        this.failNext = false;
        throw new Error('The disk is full.');
      }
      return made;
    });
    const { commits } = result as { readonly commits?: ReadonlyMap<string, readonly Commit[]> };
    this.#commits.push(...(commits?.get(this.#options.group) ?? []));
    return this.#crash('after') ? never() : result;
  }

  purge(group: string, through: number): Promise<number> {
    return this.#isDead ? never() : this.#data.purge(group, through);
  }

  purgeLines(before: number): Promise<number> {
    return this.#isDead ? never() : this.#data.purgeLines(before);
  }

  close(): Promise<void> {
    return this.#isDead ? never() : this.#data.close();
  }

  #crash(point: CrashPoint): boolean {
    if (this.crashAt !== point) return false;
    this.crashAt = undefined;
    this.die();
    this.#options.died();
    return true;
  }

  async #alive<T>(answer: Promise<T>): Promise<T> {
    const value = await answer;
    return this.#isDead ? never() : value;
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
