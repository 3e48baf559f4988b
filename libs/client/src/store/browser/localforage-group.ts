import type { SchedulerLike, Subscription } from 'rxjs';
import { encodeBatch } from '../batch-bytes';
import type { LocalBatch, LocalGroup, LocalState } from '../local-store';
import { groupClosed, storeDamaged, type LocalStoreError } from '../local-store-error';
import { snapshotBatches } from '../snapshot-batches';
import type { GroupCommit } from './group-commit';
import { readGroup, type GroupReading } from './read-group';
import type { StoredRecord } from './records-driver';
import type { StoredCost } from './stored-cost';
import { encodeManifest, seal, type GroupKeys } from './stored-records';

/** Chunks in one transaction of a compaction: appends wait for so many, and not for all. */
const chunksInRound = 4;

export interface LocalforageGroupOptions {
  readonly scheduler: SchedulerLike;
  /** Milliseconds without an append after which a group counts as idle. */
  readonly idleAfter: number;
  /** Runs `act` when the page has nothing better to do. */
  readonly whenIdle: (act: () => void) => void;
  /** A journal of a lower cost is left as it is. */
  readonly compactFrom: number;
  /** Bytes in a chunk. Chromium reads values of more than 64 kB several times as fast as smaller ones. */
  readonly chunkBytes: number;
  readonly report: (error: LocalStoreError) => void;
}

/** What a group needs of its store. */
export interface RecordsAccess {
  readonly appends: GroupCommit;
  /** The records of a group as they are at one moment, after all that was appended before. */
  read(keys: GroupKeys): Promise<readonly StoredRecord[]>;
}

/** One group in records: see `stored-records.ts` for which, and `batch-bytes.ts` for what is in them. */
export class LocalforageGroup implements LocalGroup {
  readonly keys: GroupKeys;
  /** Of the next journal record. */
  sequence: number;
  readonly #access: RecordsAccess;
  readonly #options: LocalforageGroupOptions;
  readonly #onClose: () => void;

  readonly #cost: StoredCost;
  /** What opening found, for the `load` that most often follows. */
  #found: GroupReading | undefined;
  #idle: Subscription | undefined;
  #compacting: Promise<void> | undefined;
  /** Then it is tried again in quiet moments only. */
  #compactingFailed = false;
  #failure: LocalStoreError | undefined;
  /** Repaired, and not told yet. */
  #damage: LocalStoreError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    keys: GroupKeys,
    found: GroupReading,
    access: RecordsAccess,
    options: LocalforageGroupOptions,
    onClose: () => void,
  ) {
    this.keys = keys;
    this.sequence = found.nextJournal;
    this.#found = found;
    this.#cost = found.cost;
    this.#access = access;
    this.#options = options;
    this.#onClose = onClose;
  }

  static async open(
    keys: GroupKeys,
    access: RecordsAccess,
    options: LocalforageGroupOptions,
    onClose: () => void,
  ): Promise<LocalforageGroup> {
    const found = readGroup(keys, await access.read(keys));
    const group = new LocalforageGroup(keys, found, access, options, onClose);
    if (found.damaged) await group.#repair(found);
    group.#compactWhenIdle();
    return group;
  }

  async load(): Promise<LocalState | undefined> {
    this.#demandOpen();
    const found = this.#found ?? readGroup(this.keys, await this.#access.read(this.keys));
    this.#found = undefined;
    const damage = this.#damage;
    this.#damage = undefined;
    return found.exists ? { ...found.contents.state(), ...(damage && { damage }) } : undefined;
  }

  async append(batch: LocalBatch): Promise<void> {
    this.#demandOpen();
    if (this.#failure) throw this.#failure;
    const payload = encodeBatch(batch);
    this.#found = undefined;
    this.#cost.append(payload.byteLength, batch.replace === true);
    await this.#access.appends.append(this, payload);
    this.#compactWhenIdle();
  }

  failed(error: LocalStoreError): void {
    this.#failure ??= error;
  }

  /** Closes once what was appended is durable; what waits for compaction is left to the next opening. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#idle?.unsubscribe();
    await this.#access.appends.settled();
    await this.#compacting;
    this.#found = undefined;
    this.#onClose();
  }

  /** When nothing was appended for a while; at once when most of what is stored is outdated. */
  #compactWhenIdle(): void {
    this.#idle?.unsubscribe();
    const bound = Math.max(this.#cost.base, this.#options.compactFrom);
    if (this.#cost.since <= bound || this.#closing || this.#failure || this.#compacting) return;
    if (this.#cost.since > 2 * bound && !this.#compactingFailed) this.#compact();
    else
      this.#idle = this.#options.scheduler.schedule(
        () => this.#options.whenIdle(() => this.#compact()),
        this.#options.idleAfter,
      );
  }

  /** New chunks of all there is; what is in them goes. A failure leaves all as it was. */
  #compact(): void {
    if (this.#closing || this.#failure) return;
    const covered = this.#cost.since;
    this.#compacting ??= this.#access
      .read(this.keys)
      .then((records) => this.#rewrite(readGroup(this.keys, records), covered))
      .then(
        () => {
          this.#compacting = undefined;
          this.#compactingFailed = false;
          this.#compactWhenIdle();
        },
        (error: unknown) => {
          this.#compacting = undefined;
          this.#compactingFailed = true;
          this.#options.report(error as LocalStoreError);
        },
      );
  }

  /** `covered` is what of the cost is in `found`. */
  async #rewrite(found: GroupReading, covered: number): Promise<void> {
    const generation = found.nextGeneration;
    const { commit } = this.#access.appends;
    let put: (readonly [string, Uint8Array])[] = [];
    let chunks = 0;
    let cost = 0;
    for (const batch of snapshotBatches(found.contents.state(), this.#options.chunkBytes)) {
      const key = this.keys.chunk(generation, chunks++);
      const record = seal(key, [encodeBatch(batch)]);
      put.push([key, record]);
      cost += record.byteLength;
      if (put.length < chunksInRound) continue;
      await commit({ put });
      if (this.#closing) return;
      put = [];
    }
    const manifest = seal(this.keys.manifest, [
      encodeManifest({ generation, chunks, journal: found.nextJournal }),
    ]);
    await commit({
      put: [...put, [this.keys.manifest, manifest]],
      forget: [this.keys.chunksBefore(generation), this.keys.journalBefore(found.nextJournal)],
    });
    this.#cost.compacted(cost, covered);
  }

  async #repair(found: GroupReading): Promise<void> {
    await this.#rewrite(found, found.cost.since);
    this.#damage = storeDamaged(this.keys.group);
    this.#options.report(this.#damage);
  }

  #demandOpen(): void {
    if (this.#closing) throw groupClosed(this.keys.group);
  }
}
