import type { Changes, DocState, FeedCursor, LineState, Resync, Version } from '@atomsync/protocol';
import {
  afterVersion,
  type DocRow,
  type Epoch,
  type LineRow,
  type Position,
  type StoreReader,
} from '../store/commit-store';
import { checkCursor } from './check-cursor';
import { decodeCursorToken, encodeCursorToken } from './cursor-token';

/** How much one page of a catch-up holds. */
export interface PageBound {
  readonly maxDocs: number;
  /** Sum of body lengths. */
  readonly maxBytes: number;
}

/** Who is caught up, on what. */
export interface CatchUpTarget {
  readonly group: string;
  readonly prefix: string;
  /** The id of the principal, and the lines it wants to hear about. */
  readonly owner: string;
  /** What it may read of the group; see `SyncAuth.readRights`. */
  readonly rights: string;
  readonly lines: readonly string[];
}

/** What the follower says it has; nothing with `full`. */
export type CatchUpStart =
  | { readonly kind: 'cursor'; readonly cursor: FeedCursor }
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'full' };

export interface CatchUpDeps {
  /** The one under way. */
  readonly epoch: () => Epoch;
  readonly epochOrdinal: (id: string) => number | undefined;
  readonly page: PageBound;
  readonly compatibleWith: (group: string) => number | undefined;
}

/** What one turn of a catch-up sends; `head` comes with the last page. */
export interface CatchUpStep {
  readonly messages: readonly (Changes | Resync)[];
  readonly head?: Version;
}

interface Progress {
  readonly from: Version;
  readonly after: Position;
  /** In a full catch-up deletions from before it began are no news. */
  readonly withoutTombstonesThrough: Version;
}

/**
 * One catch-up: pages by version, with no upper bound, until one comes out short. Each `step` is asked for
 * inside a turn, on one snapshot. A doc that changes meanwhile moves behind all pages sent so far.
 */
export class CatchUp {
  #progress: Progress | undefined;

  constructor(
    private readonly target: CatchUpTarget,
    private readonly start: CatchUpStart,
    private readonly deps: CatchUpDeps,
  ) {}

  async step(reader: StoreReader): Promise<CatchUpStep> {
    const { group, prefix } = this.target;
    const messages: (Changes | Resync)[] = [];
    const { head, purgedThrough } = await groupOf(reader, group);
    let progress = this.#progress;
    if (progress === undefined) {
      const reason = await this.#reasonToResync(reader, head, purgedThrough);
      if (reason !== undefined) messages.push({ type: 'resync', group, reason });
      const since = reason === undefined ? this.#since() : 0;
      progress =
        since === 0
          ? fromScratch(head)
          : { from: since, after: afterVersion(since), withoutTombstonesThrough: 0 };
    } else if (purgedThrough > Math.max(progress.after.version, progress.withoutTombstonesThrough)) {
      // Tombstones that this catch-up had yet to show are gone.
      messages.push({ type: 'resync', group, reason: 'purged' });
      progress = fromScratch(head);
    }
    const { after, from, withoutTombstonesThrough } = progress;
    const { docs, more } = await reader.page({
      group,
      prefix,
      after,
      withoutTombstonesThrough,
      ...this.deps.page,
    });
    const page = { type: 'changes', group, from, docs: docs.map(docState) } as const;
    if (more) {
      const last = docs.at(-1)!;
      this.#progress = { ...progress, after: { version: last.version, key: last.key } };
      return { messages: [...messages, { ...page, lines: [] }] };
    }
    const token = encodeCursorToken({
      epoch: this.deps.epoch().id,
      group,
      prefix,
      rights: this.target.rights,
    });
    const cursor = { token, version: head };
    const compatibleWith = this.deps.compatibleWith(group);
    const last = {
      ...page,
      cursor,
      lines: await this.#lines(reader),
      ...(compatibleWith !== undefined && { compatibleWith }),
    };
    return { messages: [...messages, last], head };
  }

  #since(): Version {
    if (this.start.kind === 'full') return 0;
    return this.start.kind === 'cursor' ? this.start.cursor.version : this.start.version;
  }

  async #reasonToResync(
    reader: StoreReader,
    head: Version,
    purgedThrough: Version,
  ): Promise<Resync['reason'] | undefined> {
    const { start, target, deps } = this;
    if (start.kind === 'full') return undefined;
    if (start.kind === 'version') return start.version < purgedThrough ? 'purged' : undefined;
    const headAtEnd = await headAtEndOf(reader, start.cursor, target.group, deps.epochOrdinal);
    return checkCursor(start.cursor, { ...target, head, purgedThrough, headAtEnd, epoch: deps.epochOrdinal });
  }

  async #lines(reader: StoreReader): Promise<LineState[]> {
    const { group, lines, owner } = this.target;
    const rows = await reader.load({
      groups: [],
      docs: [],
      lines: lines.map((clientId) => ({ group, clientId })),
    });
    const known = new Map(rows.lines.map((row) => [row.clientId, row]));
    return lines.map((clientId) => lineState(clientId, owner, known.get(clientId)));
  }
}

const fromScratch = (head: Version): Progress => ({
  from: 0,
  after: afterVersion(0),
  withoutTombstonesThrough: head,
});

async function groupOf(
  reader: StoreReader,
  name: string,
): Promise<{ head: Version; purgedThrough: Version }> {
  const rows = await reader.load({ groups: [name], docs: [], lines: [] });
  return rows.groups[0] ?? { head: 0, purgedThrough: 0 };
}

async function headAtEndOf(
  reader: StoreReader,
  cursor: FeedCursor,
  group: string,
  epochOrdinal: CatchUpDeps['epochOrdinal'],
): Promise<Version | undefined> {
  const epoch = epochOrdinal(decodeCursorToken(cursor.token)?.epoch ?? '');
  return epoch === undefined ? undefined : reader.headAtEndOf(epoch, group);
}

function docState({ group: _group, updatedBy: _by, ...state }: DocRow): DocState {
  return state;
}

function lineState(clientId: string, owner: string, row: LineRow | undefined): LineState {
  if (row?.owner !== owner) return { clientId, last: 0, results: [] };
  return { clientId, last: row.last, results: row.results };
}
