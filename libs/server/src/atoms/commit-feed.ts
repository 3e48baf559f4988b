import type { Version } from '@atomsync/protocol';
import { afterVersion, type DocRow, type Position, type StoreReader } from '../store/commit-store';
import type { AtomHost } from './atom-host';
import type { StoredCommit } from './stored-commit';

/** Versions of one group that are told as one commit. */
export interface CommitRange {
  /** Behind this version. */
  readonly from: Version;
  readonly to: Version;
  /** Ordinal of the epoch that made `to`. */
  readonly epoch: number;
  readonly at: number;
  /** Deletions may be missing: their tombstones were purged. */
  readonly purged: boolean;
  readonly docs: readonly DocRow[];
}

/** Commits kept for a reader who is busy; beyond, it reads them from the store, merged. */
const MAX_WAITING = 256;

/** One commit as it was made. */
export const liveRange = ({ version, at, docs }: StoredCommit, epoch: number): CommitRange => ({
  ...{ from: version - 1, to: version, epoch, at, docs },
  purged: false,
});

/**
 * One reader's way through the commits of a group, in order and without a gap:
 *
 *   next waiting commit is the next version ▶ told as it was made
 *   there is a gap, or no one knows ─────────▶ read from the store: the latest docs since, merged, page by page
 *
 * It costs a bounded amount of memory, however slow the reader is.
 */
export class CommitFeed {
  #waiting: StoredCommit[] = [];
  /** Through which version the group is known to go; unknown at first. */
  #through: Version;
  /** The newest version that was heard of. */
  #heard: Version = 0;
  /** Whoever begins with nothing needs no deletions of before. */
  #withoutTombstonesThrough: Version | undefined;

  /** @param through the group's head, where it is known */
  constructor(
    private readonly host: AtomHost,
    private readonly group: string,
    private version: Version,
    through: Version = Infinity,
  ) {
    this.#through = through;
    if (version > 0) this.#withoutTombstonesThrough = 0;
  }

  /** Takes in what has just been committed. */
  offer(commits: readonly StoredCommit[]): void {
    this.#waiting.push(...commits);
    const head = commits.at(-1)?.version ?? 0;
    if (this.#waiting.length > MAX_WAITING) this.#waiting = [];
    this.reached(head);
  }

  /** The group goes through this version. */
  reached(head: Version): void {
    this.#heard = Math.max(this.#heard, head);
    this.#through = Math.max(this.#through, head);
  }

  /** Whether there is, or may be, something to take. */
  get isBehind(): boolean {
    return this.version < this.#through;
  }

  /** What comes next; `undefined` when nothing does. One at a time. */
  async take(): Promise<CommitRange | undefined> {
    while (this.isBehind) {
      const range = this.#next() ?? (await this.host.turns.take(() => this.#read()));
      this.version = range.to;
      if (range.docs.length > 0) return range;
    }
    return undefined;
  }

  #next(): CommitRange | undefined {
    while ((this.#waiting[0]?.version ?? Infinity) <= this.version) this.#waiting.shift();
    if (this.#waiting[0]?.version !== this.version + 1) return undefined;
    return liveRange(this.#waiting.shift()!, this.host.epoch.ordinal);
  }

  #read(): Promise<CommitRange> {
    const heard = this.#heard;
    return this.host.options.store.read(async (reader) => {
      const { group, version: from } = this;
      const rows = await reader.load({ groups: [group], docs: [], lines: [] });
      const { head = 0, purgedThrough = 0, epoch = 0 } = rows.groups[0] ?? {};
      // Where the database is shared, more was heard of meanwhile.
      this.#through = Math.max(head, this.#heard);
      if (head <= from) {
        // What was heard of before is not there: the data went back.
        if (this.#heard === heard) this.#through = this.#heard = head;
        return { from, to: from, epoch, at: 0, purged: false, docs: [] };
      }
      this.#withoutTombstonesThrough ??= head;
      const { docs, to } = await this.#page(reader, head);
      const ofTo = to === head ? epoch : ((await reader.epochOf(group, to)) ?? epoch);
      const purged = from > 0 && from < purgedThrough;
      return { from, to, epoch: ofTo, at: docs.at(-1)?.at ?? 0, purged, docs };
    });
  }

  /** As many whole versions as fit on a page, and at least one. */
  async #page(reader: StoreReader, head: Version): Promise<{ docs: readonly DocRow[]; to: Version }> {
    const found: DocRow[] = [];
    let after: Position = afterVersion(this.version);
    for (;;) {
      const withoutTombstonesThrough = this.#withoutTombstonesThrough ?? 0;
      const request = { group: this.group, prefix: '', after, withoutTombstonesThrough };
      const { docs, more } = await reader.page({ ...request, ...this.host.options.page });
      found.push(...docs);
      const last = found.at(-1);
      if (!more || last === undefined) return { docs: found, to: head };
      const whole = found.filter(({ version }) => version < last.version);
      if (whole.length > 0) return { docs: whole, to: last.version - 1 };
      after = { version: last.version, key: last.key };
    }
  }
}
