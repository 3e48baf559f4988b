import type { Commit, FinalResult, Version } from '@atomsync/protocol';
import type { StoredCommit, StoredCommits } from './atoms/stored-commit';
import type { Decision, Standing } from './decide';
import type { Queued } from './queued-push';
import type { DocRow, GroupRow, LineRow, MarkRow, Needs, Rows, Writes } from './store/commit-store';

/** A group within one transaction: as loaded, with what the batch has done to it so far. */
class GroupOverlay {
  head: Version;
  readonly docs = new Map<string, DocRow>();
  readonly changed = new Set<string>();
  readonly lines = new Map<string, LineRow>();
  readonly changedLines = new Set<string>();
  readonly commits: Commit[] = [];
  readonly stored: StoredCommit[] = [];

  constructor(readonly loaded: GroupRow) {
    this.head = loaded.head;
  }
}

/** The rows a batch touches, in memory, between the load and the one write at its end. */
export class Overlay {
  readonly #groups = new Map<string, GroupOverlay>();

  /** @param epoch ordinal of the epoch that commits here */
  constructor(
    rows: Rows,
    private readonly epoch: number,
  ) {
    for (const row of rows.groups) this.#groups.set(row.name, new GroupOverlay(row));
    for (const row of rows.docs) this.#group(row.group).docs.set(row.key, row);
    for (const row of rows.lines) this.#group(row.group).lines.set(row.clientId, row);
  }

  head(group: string): Version {
    return this.#group(group).head;
  }

  /** Ordinal of the epoch that made the group's head; 0 when it has none. */
  epochOf(group: string): number {
    const { commits, loaded } = this.#group(group);
    return commits.length > 0 ? this.epoch : loaded.epoch;
  }

  purgedThrough(group: string): Version {
    return this.#group(group).loaded.purgedThrough;
  }

  line(group: string, clientId: string): LineRow | undefined {
    return this.#group(group).lines.get(clientId);
  }

  standing(group: string, clientId: string): Standing {
    const { head, docs, lines } = this.#group(group);
    const line = lines.get(clientId);
    return { head, last: line?.last ?? 0, results: line?.results ?? [], doc: (key) => docs.get(key) };
  }

  /** Takes an accepted mutation in; its answer goes to the line with `use`. */
  commit(
    group: string,
    clientId: string,
    number: number,
    updatedBy: string,
    { version, at, changes, writes, madeOn }: Extract<Decision, { kind: 'accepted' }>,
  ): void {
    const overlay = this.#group(group);
    overlay.head = version;
    const docs: DocRow[] = [];
    for (const { after } of writes) {
      const row = { ...after, group, updatedBy };
      overlay.docs.set(after.key, row);
      overlay.changed.add(after.key);
      docs.push(row);
    }
    overlay.stored.push({ group, version, at, docs });
    overlay.commits.push({
      ...{ version, clientId, number, at, changes },
      ...(madeOn !== undefined && { madeOn }),
    });
  }

  setLine(line: LineRow): void {
    const overlay = this.#group(line.group);
    overlay.lines.set(line.clientId, line);
    overlay.changedLines.add(line.clientId);
  }

  /** The commits so far by group, in the order of their versions. */
  commits(): ReadonlyMap<string, readonly Commit[]> {
    return new Map(
      [...this.#groups].flatMap(([name, { commits }]) => (commits.length > 0 ? [[name, commits]] : [])),
    );
  }

  /** What the commits so far left in the store. */
  stored(): StoredCommits {
    return new Map(
      [...this.#groups].flatMap(([name, { stored }]) => (stored.length > 0 ? [[name, stored]] : [])),
    );
  }

  /** Everything that changed, each row once. */
  writes(): Writes {
    const { epoch } = this;
    const groups: GroupRow[] = [];
    const docs: DocRow[] = [];
    const lines: LineRow[] = [];
    const marks: MarkRow[] = [];
    for (const [name, overlay] of this.#groups) {
      const { loaded, head, commits } = overlay;
      if (commits.length > 0) {
        groups.push({ ...loaded, head, epoch });
        if (loaded.epoch !== epoch) marks.push({ group: name, epoch, head: loaded.head });
      }
      for (const key of overlay.changed) docs.push(overlay.docs.get(key)!);
      for (const clientId of overlay.changedLines) lines.push(overlay.lines.get(clientId)!);
    }
    return { groups, docs, lines, marks };
  }

  #group(name: string): GroupOverlay {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new GroupOverlay({ name, head: 0, purgedThrough: 0, epoch: 0 });
      this.#groups.set(name, group);
    }
    return group;
  }
}

/** Everything a batch may look at. */
export function needsOf(batch: readonly Queued[]): Needs {
  const docs = new Map<string, Set<string>>();
  const lines = new Map<string, Set<string>>();
  for (const item of batch) {
    const { group, clientId } = 'push' in item ? item.push : 'seen' in item ? item.seen : item.write;
    setOf(lines, group).add(clientId);
    if ('write' in item) for (const key of item.write.keys) setOf(docs, group).add(key);
    if (!('push' in item)) continue;
    const keys = setOf(docs, group);
    for (const { changes, reads, call } of item.push.mutations) {
      for (const { key } of changes) keys.add(key);
      if (reads !== 'group') for (const key of reads) keys.add(key);
      for (const key of call?.keys ?? []) keys.add(key);
    }
  }
  return {
    groups: [...lines.keys()],
    docs: [...docs].flatMap(([group, keys]) => Array.from(keys, (key) => ({ group, key }))),
    lines: [...lines].flatMap(([group, ids]) => Array.from(ids, (clientId) => ({ group, clientId }))),
  };
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (set === undefined) map.set(key, (set = new Set()));
  return set;
}

/** A line after some of its answers were seen and new ones were given. */
export function usedUp(line: LineRow, seen: number, results: readonly FinalResult[], now: number): LineRow {
  const kept = [...line.results, ...results].filter(({ number }) => number > seen);
  const last = Math.max(line.last, results.at(-1)?.number ?? 0);
  return { ...line, last, results: kept, updatedAt: now };
}
