import { rm } from 'node:fs/promises';
import type { SchedulerLike, Subscription } from 'rxjs';
import { encodeBatch } from './batch-bytes';
import { fileError, orFileError } from './file-errors';
import { readGroup, type GroupFiles, type GroupReading } from './group-files';
import { Journal } from './journal';
import type { LocalBatch, LocalGroup, LocalState } from './local-store';
import { groupClosed, LocalStoreError } from './local-store-error';
import { writeSnapshot } from './snapshot';

export interface FileGroupOptions {
  readonly scheduler: SchedulerLike;
  /** Milliseconds without an append after which a group counts as idle. */
  readonly idleAfter: number;
  /** A journal of fewer bytes is left as it is. */
  readonly compactFrom: number;
  readonly report: (error: LocalStoreError) => void;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly done: () => void;
  readonly failed: (error: LocalStoreError) => void;
}

/** One group in files: see `group-files.ts` for which, `frames.ts` and `batch-bytes.ts` for what is in them. */
export class FileLocalGroup implements LocalGroup {
  readonly #files: GroupFiles;
  readonly #options: FileGroupOptions;
  readonly #onClose: () => void;

  #journal: Journal | undefined;
  /** Of the next journal, when there is none open. */
  #generation: number;
  #resumable: GroupReading['last'];
  /** Bytes in journals that are not in the snapshot, but for the open one. */
  #olderJournals: number;
  #snapshotSize: number;
  /** What opening found, for the `load` that most often follows. */
  #found: GroupReading | undefined;

  #queue: Waiting[] = [];
  /** Writing and compacting, one after the other. Never rejects. */
  #turn: Promise<void> = Promise.resolve();
  #draining = false;
  #idle: Subscription | undefined;
  #failure: LocalStoreError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    files: GroupFiles,
    found: GroupReading,
    options: FileGroupOptions,
    onClose: () => void,
  ) {
    this.#files = files;
    this.#options = options;
    this.#onClose = onClose;
    this.#found = found;
    this.#generation = found.nextGeneration;
    this.#resumable = found.last;
    this.#olderJournals = found.journalSize - (found.last?.end ?? 0);
    this.#snapshotSize = found.snapshotSize;
  }

  static async open(
    files: GroupFiles,
    options: FileGroupOptions,
    onClose: () => void,
  ): Promise<FileLocalGroup> {
    return orFileError(files.snapshot, async () => {
      const found = await readGroup(files);
      await rm(files.newSnapshot, { force: true });
      for (const generation of found.leftovers) await rm(files.journal(generation));
      const group = new FileLocalGroup(files, found, options, onClose);
      if (found.damaged) await group.#repair();
      return group;
    });
  }

  async load(): Promise<LocalState | undefined> {
    this.#demandOpen();
    return orFileError(this.#files.snapshot, async () => {
      const found = this.#found ?? (await this.#inTurn(() => readGroup(this.#files)));
      this.#found = undefined;
      return found.exists ? found.contents.state() : undefined;
    });
  }

  async append(batch: LocalBatch): Promise<void> {
    this.#demandOpen();
    if (this.#failure) throw this.#failure;
    const payload = encodeBatch(batch);
    this.#found = undefined;
    this.#idle?.unsubscribe();
    return new Promise((done, failed) => {
      this.#queue.push({ payload, done, failed });
      if (this.#draining) return;
      this.#draining = true;
      void this.#inTurn(() => this.#drain());
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close(true));
  }

  /** Closes without tidying up, for one whose files are about to go. */
  abandon(): Promise<void> {
    return (this.#closing ??= this.#close(false));
  }

  async #close(tidy: boolean): Promise<void> {
    this.#idle?.unsubscribe();
    await this.#inTurn(async () => {
      if (tidy) await this.#compact();
      await this.#closeJournal();
    });
    this.#found = undefined;
    this.#onClose();
  }

  /** Writes what waits, until nothing does: appends that arrive during one sync share the next. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const round = this.#queue.splice(0);
      try {
        this.#journal ??= await this.#openJournal();
        await this.#journal.append(round.map(({ payload }) => payload));
        for (const { done } of round) done();
      } catch (cause) {
        this.#failure = fileError(this.#files.journal(this.#generation), cause);
        for (const { failed } of [...round, ...this.#queue.splice(0)]) failed(this.#failure);
      }
    }
    this.#draining = false;
    if (!this.#closing)
      this.#idle = this.#options.scheduler.schedule(() => this.#onIdle(), this.#options.idleAfter);
  }

  async #openJournal(): Promise<Journal> {
    const last = this.#resumable;
    if (last) {
      this.#resumable = undefined;
      return Journal.resume(this.#files.journal(last.generation), last);
    }
    const header = { group: this.#files.group, generation: this.#generation };
    return Journal.create(this.#files.journal(header.generation), header);
  }

  #onIdle(): void {
    if (this.#worthCompacting()) void this.#inTurn(() => this.#compact());
  }

  get #journalSize(): number {
    return this.#olderJournals + (this.#journal?.size ?? this.#resumable?.end ?? 0);
  }

  #worthCompacting(): boolean {
    return this.#journalSize > Math.max(this.#snapshotSize, this.#options.compactFrom - 1) && !this.#failure;
  }

  /** A new snapshot of all there is; the journals that are in it go. A failure leaves all as it was. */
  async #compact(): Promise<void> {
    if (!this.#worthCompacting()) return;
    try {
      await this.#rewrite(await readGroup(this.#files));
    } catch (cause) {
      this.#options.report(fileError(this.#files.snapshot, cause));
    }
  }

  async #rewrite({ contents, journalSize, nextGeneration }: GroupReading): Promise<void> {
    // The next append begins a journal that either snapshot is followed by, the old one and the new: from here
    // on it does not matter at which step this fails.
    await this.#closeJournal();
    this.#resumable = undefined;
    this.#generation = nextGeneration;
    this.#olderJournals = journalSize;
    const { size } = await writeSnapshot(this.#files, contents.state(), nextGeneration);
    this.#snapshotSize = size;
    this.#olderJournals = 0;
    for (const generation of await this.#files.generations()) {
      if (generation < nextGeneration) await rm(this.#files.journal(generation));
    }
  }

  async #repair(): Promise<void> {
    const found = this.#found as GroupReading;
    await this.#rewrite(found);
    this.#options.report(
      new LocalStoreError(
        'STORE_CORRUPT',
        `The snapshot '${this.#files.snapshot}' of the group '${this.#files.group}' was damaged: its docs are ` +
          `fetched again from the server, and the pending records that could be read were kept.`,
      ),
    );
  }

  async #closeJournal(): Promise<void> {
    await this.#journal?.close();
    this.#journal = undefined;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  #demandOpen(): void {
    if (this.#closing) throw groupClosed(this.#files.group);
  }
}
