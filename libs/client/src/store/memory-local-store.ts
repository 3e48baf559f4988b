import type { LocalBatch, LocalGroup, LocalState, LocalStore } from './local-store';
import { alreadyOpen, groupClosed, LocalStoreError } from './local-store-error';
import { MemoryDisk } from './memory-disk';

/**
 * A store that lasts as long as its `disk`. A second store on the same disk takes it over, as a restarted
 * process does; the first one is closed from then on.
 *
 * @example openAtomSync('my-app', { store: memoryLocalStore() })
 */
export const memoryLocalStore = (disk: MemoryDisk = new MemoryDisk()): LocalStore =>
  new MemoryLocalStore(disk);

class MemoryLocalStore implements LocalStore {
  readonly #disk: MemoryDisk;
  readonly #open = new Map<string, MemoryLocalGroup>();
  #closed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    disk.takeOver(this);
  }

  async open(group: string): Promise<LocalGroup> {
    this.demandOpen();
    if (this.#open.has(group)) throw alreadyOpen(group);
    const opened = new MemoryLocalGroup(group, this.#disk, this, () => this.#open.delete(group));
    this.#open.set(group, opened);
    return opened;
  }

  async groups(): Promise<readonly string[]> {
    this.demandOpen();
    return this.#disk.groups();
  }

  async wipe(): Promise<void> {
    this.demandOpen();
    await this.#closeGroups();
    this.#disk.wipe();
  }

  async close(): Promise<void> {
    await this.#closeGroups();
    this.#closed = true;
  }

  demandOpen(): void {
    if (this.#closed) throw new LocalStoreError('STORE_CLOSED', 'This store was closed; open a new one.');
    if (!this.#disk.belongsTo(this)) {
      throw new LocalStoreError(
        'STORE_CLOSED',
        'The memory disk of this store crashed, or a later store took it over.',
      );
    }
  }

  async #closeGroups(): Promise<void> {
    for (const group of [...this.#open.values()]) await group.close();
  }
}

class MemoryLocalGroup implements LocalGroup {
  #closed = false;

  constructor(
    readonly name: string,
    readonly disk: MemoryDisk,
    readonly store: MemoryLocalStore,
    readonly onClose: () => void,
  ) {}

  async load(): Promise<LocalState | undefined> {
    this.#demandOpen();
    return this.disk.read(this.name);
  }

  async append(batch: LocalBatch): Promise<void> {
    this.#demandOpen();
    await this.disk.write(this.name, batch);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.disk.belongsTo(this.store)) this.disk.flush();
    this.onClose();
  }

  #demandOpen(): void {
    this.store.demandOpen();
    if (this.#closed) throw groupClosed(this.name);
  }
}
