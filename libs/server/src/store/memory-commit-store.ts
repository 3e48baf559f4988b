import type { Version } from '@atomsync/protocol';
import { AtomSyncServerError } from '../errors';
import type {
  BehindRequest,
  CommitStore,
  DocRow,
  Epoch,
  GroupRow,
  HorizonRequest,
  LineRow,
  MarkRow,
  Needs,
  Page,
  PageRequest,
  PlaceRow,
  RangeRequest,
  Rows,
  StoreReader,
  StoreWriter,
  Writes,
} from './commit-store';

/**
 * The reference `CommitStore`: everything in memory, as plain as it can be. It outlives `close`, so that a
 * restart of the server can be played by opening it again.
 */
export class MemoryCommitStore implements CommitStore {
  readonly #epochs: Epoch[] = [];
  readonly #groups = new Map<string, GroupRow>();
  readonly #docs = new Map<string, Map<string, DocRow>>();
  readonly #lines = new Map<string, Map<string, LineRow>>();
  readonly #marks = new Map<string, MarkRow[]>();
  readonly #places = new Map<string, Map<string, Version>>();
  #open = false;

  /** A store with the same contents and a life of its own: what copying a database file away is to others. */
  copy(): MemoryCommitStore {
    const copy = new MemoryCommitStore();
    copy.#epochs.push(...this.#epochs);
    for (const [name, row] of this.#groups) copy.#groups.set(name, row);
    for (const [group, docs] of this.#docs) copy.#docs.set(group, new Map(docs));
    for (const [group, lines] of this.#lines) copy.#lines.set(group, new Map(lines));
    for (const [group, marks] of this.#marks) copy.#marks.set(group, [...marks]);
    for (const [handler, places] of this.#places) copy.#places.set(handler, new Map(places));
    return copy;
  }

  open(epoch: Pick<Epoch, 'id' | 'startedAt'>): Promise<readonly Epoch[]> {
    this.#open = true;
    this.#epochs.push({ ordinal: this.#epochs.length + 1, ...epoch });
    return Promise.resolve([...this.#epochs]);
  }

  async read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    return work(this.#reader());
  }

  async write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const saved: Writes[] = [];
    const moved: PlaceRow[] = [];
    const result = await work({
      ...this.#reader(),
      save: (writes) => {
        saved.push(writes);
        return Promise.resolve();
      },
      savePlaces: (places) => {
        moved.push(...places);
        return Promise.resolve();
      },
    });
    for (const writes of saved) this.#apply(writes);
    for (const { handler, group, version } of moved) inner(this.#places, handler).set(group, version);
    return result;
  }

  purge(group: string, through: Version): Promise<number> {
    this.#mustBeOpen();
    const row = this.#groups.get(group);
    if (row === undefined) return Promise.resolve(0);
    const horizon = Math.max(row.purgedThrough, Math.min(through, row.head));
    this.#groups.set(group, { ...row, purgedThrough: horizon });
    let gone = 0;
    const docs = this.#docs.get(group);
    for (const [key, doc] of docs ?? []) {
      if (doc.body === undefined && doc.version <= horizon && docs?.delete(key)) gone++;
    }
    return Promise.resolve(gone);
  }

  purgeLines(before: number): Promise<number> {
    this.#mustBeOpen();
    let gone = 0;
    for (const lines of this.#lines.values()) {
      for (const [clientId, line] of lines) {
        if (line.closed && line.updatedAt < before && lines.delete(clientId)) gone++;
      }
    }
    return Promise.resolve(gone);
  }

  close(): Promise<void> {
    this.#open = false;
    return Promise.resolve();
  }

  #reader(): StoreReader {
    return {
      load: (needs) => Promise.resolve(this.#load(needs)),
      page: (request) => Promise.resolve(this.#page(request)),
      headAtEndOf: (epoch, group) =>
        Promise.resolve(this.#marks.get(group)?.find((mark) => mark.epoch > epoch)?.head),
      epochOf: (group, version) =>
        Promise.resolve(this.#marks.get(group)?.findLast((mark) => mark.head < version)?.epoch),
      range: (request) => Promise.resolve(this.#range(request)),
      placeOf: (handler, group) => Promise.resolve(this.#places.get(handler)?.get(group) ?? 0),
      behind: (request) => Promise.resolve(this.#behind(request)),
      groups: ({ after, limit }) =>
        Promise.resolve(
          [...this.#groups.keys()]
            .sort()
            .filter((name) => name > after)
            .slice(0, limit),
        ),
      horizon: (request) => Promise.resolve(this.#horizon(request)),
    };
  }

  #load({ groups, docs, lines }: Needs): Rows {
    return {
      groups: groups.flatMap((name) => this.#groups.get(name) ?? []),
      docs: docs.flatMap(({ group, key }) => this.#docs.get(group)?.get(key) ?? []),
      lines: lines.flatMap(({ group, clientId }) => this.#lines.get(group)?.get(clientId) ?? []),
    };
  }

  #page({ group, prefix, after, withoutTombstonesThrough, maxDocs, maxBytes }: PageRequest): Page {
    const found = [...(this.#docs.get(group)?.values() ?? [])]
      .filter((doc) => doc.key.startsWith(prefix))
      .filter((doc) => doc.version > after.version || (doc.version === after.version && doc.key > after.key))
      .filter((doc) => doc.body !== undefined || doc.version > withoutTombstonesThrough)
      .sort((a, b) => a.version - b.version || (a.key < b.key ? -1 : 1));
    return cut(found, maxDocs, maxBytes);
  }

  #range({ group, prefix, after, maxDocs, maxBytes }: RangeRequest): Page {
    const found = [...(this.#docs.get(group)?.values() ?? [])]
      .filter(({ key, body }) => body !== undefined && key.startsWith(prefix) && key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return cut(found, maxDocs, maxBytes);
  }

  #behind({ handler, prefix, after, limit }: BehindRequest): string[] {
    const places = this.#places.get(handler);
    return [...this.#groups.values()]
      .filter(({ name, head }) => name.startsWith(prefix) && name > after && head > (places?.get(name) ?? 0))
      .map(({ name }) => name)
      .sort()
      .slice(0, limit);
  }

  #horizon({ group, until, maxTombstones }: HorizonRequest): Version | undefined {
    const tombstones = [...(this.#docs.get(group)?.values() ?? [])]
      .filter(({ body }) => body === undefined)
      .sort((a, b) => a.version - b.version)
      .slice(0, maxTombstones);
    const young = tombstones.find(({ at }) => at > until)?.version ?? Infinity;
    return tombstones.findLast(({ version }) => version < young)?.version;
  }

  #apply({ groups, docs, lines, marks }: Writes): void {
    for (const row of groups) this.#groups.set(row.name, row);
    for (const row of docs) inner(this.#docs, row.group).set(row.key, row);
    for (const row of lines) inner(this.#lines, row.group).set(row.clientId, row);
    for (const row of marks) this.#marks.set(row.group, [...(this.#marks.get(row.group) ?? []), row]);
  }

  #mustBeOpen(): void {
    if (!this.#open)
      throw new AtomSyncServerError('STORE_CLOSED', 'The store is not open; call open() first.');
  }
}

function cut(found: readonly DocRow[], maxDocs: number, maxBytes: number): Page {
  let bytes = 0;
  const over = found.findIndex((doc, index) => {
    bytes += doc.body?.length ?? 0;
    return index > 0 && (index >= maxDocs || bytes > maxBytes);
  });
  return over < 0 ? { docs: found, more: false } : { docs: found.slice(0, over), more: true };
}

function inner<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let map = outer.get(key);
  if (map === undefined) outer.set(key, (map = new Map<string, V>()));
  return map;
}
