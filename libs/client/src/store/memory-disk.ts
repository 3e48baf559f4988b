import { GroupContents } from './group-contents';
import type { LocalBatch, LocalState } from './local-store';

export interface MemoryDiskOptions {
  /** Nothing becomes durable by itself: `flush()` makes it so, `crash()` loses what it has not. */
  readonly manual?: boolean;
}

/**
 * What a memory store writes to: a medium that outlives the store, as a disk outlives a process.
 *
 * @example
 * const disk = new MemoryDisk({ manual: true });
 * const group = await memoryLocalStore(disk).open('todo');
 * void group.append(batch);
 * disk.crash();                                   // the process is gone, the batch too
 * await (await memoryLocalStore(disk).open('todo')).load();
 */
export class MemoryDisk {
  readonly #groups = new Map<string, GroupContents>();
  readonly #manual: boolean;
  #writes: { readonly group: string; readonly batch: LocalBatch; readonly done: () => void }[] = [];
  #owner: object | undefined;

  constructor({ manual = false }: MemoryDiskOptions = {}) {
    this.#manual = manual;
  }

  /** How many appends are not durable yet. */
  get waiting(): number {
    return this.#writes.length;
  }

  /** Makes the appends so far durable, or only the first `count` of them. */
  flush(count = this.#writes.length): void {
    for (const { group, batch, done } of this.#writes.splice(0, count)) {
      const contents = this.#groups.get(group) ?? new GroupContents();
      this.#groups.set(group, contents);
      contents.apply(batch);
      done();
    }
  }

  /** The process ends here: appends that are not durable are gone, and their promises stay unsettled. */
  crash(): void {
    this.#writes = [];
    this.#owner = undefined;
  }

  /** A disk that holds what is durable on this one: what would be found if the process died now. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk({ manual: this.#manual });
    for (const [group, contents] of this.#groups) copy.#groups.set(group, contents.copy());
    return copy;
  }

  /** Whether `owner` is still the store that works on this disk. */
  belongsTo(owner: object): boolean {
    return this.#owner === owner;
  }

  /** `owner` works on this disk from now on, as a new process does after the death of the one before. */
  takeOver(owner: object): void {
    if (this.#owner) this.crash();
    this.#owner = owner;
  }

  write(group: string, batch: LocalBatch): Promise<void> {
    return new Promise((done) => {
      this.#writes.push({ group, batch: copyOf(batch), done });
      if (!this.#manual) this.flush();
    });
  }

  read(group: string): LocalState | undefined {
    return this.#groups.get(group)?.state();
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  wipe(): void {
    this.flush();
    this.#groups.clear();
  }
}

/** What the caller does to its batch after the append is no part of it. */
const copyOf = (batch: LocalBatch): LocalBatch => ({
  ...batch,
  docs: [...(batch.docs ?? [])],
  removed: [...(batch.removed ?? [])],
  records: new Map(batch.records),
  droppedRecords: [...(batch.droppedRecords ?? [])],
});
