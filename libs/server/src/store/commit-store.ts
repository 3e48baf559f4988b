import type { ClientId, DocState, FinalResult, Version } from '@atomsync/protocol';
import type { Observable } from 'rxjs';

/** One life of the data, from one start of the server to the next. */
export interface Epoch {
  /** Counts starts; later epochs have larger numbers. */
  readonly ordinal: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface GroupRow {
  readonly name: string;
  readonly head: Version;
  /** Tombstones up to here are gone. */
  readonly purgedThrough: Version;
  /** Ordinal of the epoch that last committed to the group. */
  readonly epoch: number;
}

/** A doc's last state; without `body` it is a tombstone. */
export interface DocRow extends DocState {
  readonly group: string;
  /** Id of the principal who made the change. */
  readonly updatedBy: string;
}

/** Where a line stands in a group. */
export interface LineRow {
  readonly group: string;
  readonly clientId: ClientId;
  /** Id of the principal whose line it is. */
  readonly owner: string;
  /** The last number used up. */
  readonly last: number;
  /** The line writes no more here; its numbers stay used. */
  readonly closed: boolean;
  /** Answers not yet seen, in the order of their numbers. */
  readonly results: readonly FinalResult[];
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** The head a group had before the first commit of an epoch. */
export interface MarkRow {
  readonly group: string;
  readonly epoch: number;
  readonly head: Version;
}

/** Through which version one handler of commits has dealt with a group. */
export interface PlaceRow {
  readonly handler: string;
  readonly group: string;
  readonly version: Version;
}

export interface DocRef {
  readonly group: string;
  readonly key: string;
}

export interface LineRef {
  readonly group: string;
  readonly clientId: ClientId;
}

/** What a batch needs to see; no ref may be there twice. */
export interface Needs {
  readonly groups: readonly string[];
  readonly docs: readonly DocRef[];
  readonly lines: readonly LineRef[];
}

/** The rows that exist of those asked for, in any order. */
export interface Rows {
  readonly groups: readonly GroupRow[];
  readonly docs: readonly DocRow[];
  readonly lines: readonly LineRow[];
}

/** Rows to be written; each replaces the row of the same identity. No row may be there twice. */
export interface Writes extends Rows {
  readonly marks: readonly MarkRow[];
}

/** A place between two docs in the order of (version, key). */
export interface Position {
  readonly version: Version;
  readonly key: string;
}

export interface PageRequest {
  readonly group: string;
  /** Only keys that begin with this. */
  readonly prefix: string;
  /** Docs behind this place. */
  readonly after: Position;
  /** Tombstones of versions up to this one are left out. */
  readonly withoutTombstonesThrough: Version;
  readonly maxDocs: number;
  /** Sum of body lengths; a page holds at least one doc, however large. */
  readonly maxBytes: number;
}

export interface Page {
  /** Ordered by version, then by key (in the store's own order). */
  readonly docs: readonly DocRow[];
  /** Whether docs behind the last one were left for the next page. */
  readonly more: boolean;
}

export interface RangeRequest {
  readonly group: string;
  /** Only keys that begin with this. */
  readonly prefix: string;
  /** Docs behind this key, in the store's own order; `''` is in front of all. */
  readonly after: string;
  readonly maxDocs: number;
  /** Sum of body lengths; a page holds at least one doc, however large. */
  readonly maxBytes: number;
}

export interface BehindRequest {
  readonly handler: string;
  /** Only groups whose names begin with this. */
  readonly prefix: string;
  /** Groups behind this name, in the store's own order; `''` is in front of all. */
  readonly after: string;
  readonly limit: number;
}

export interface GroupsRequest {
  /** Groups behind this name, in the store's own order; `''` is in front of all. */
  readonly after: string;
  readonly limit: number;
}

export interface HorizonRequest {
  readonly group: string;
  /** Tombstones of changes made up to this moment are old; milliseconds since 1970. */
  readonly until: number;
  /** How many tombstones are looked at, in the order of their versions. */
  readonly maxTombstones: number;
}

/** What may be asked inside a snapshot or a transaction. */
export interface StoreReader {
  /** At most one query per kind of row and group. */
  load(needs: Needs): Promise<Rows>;
  page(request: PageRequest): Promise<Page>;
  /** The head before the first commit in `group` by an epoch later than `epoch`; absent when there was none. */
  headAtEndOf(epoch: number, group: string): Promise<Version | undefined>;
  /** Ordinal of the epoch that made this commit of the group; absent when the version is not above 0. */
  epochOf(group: string, version: Version): Promise<number | undefined>;
  /** Docs, without tombstones, ordered by key (in the store's own order). */
  range(request: RangeRequest): Promise<Page>;
  /** The place a handler has in a group; 0 when it has none. */
  placeOf(handler: string, group: string): Promise<Version>;
  /** Names of groups with commits that a handler has not dealt with, ordered by name (in the store's own order). */
  behind(request: BehindRequest): Promise<readonly string[]>;
  /** Names of groups, ordered by name (in the store's own order). */
  groups(request: GroupsRequest): Promise<readonly string[]>;
  /**
   * Through which version tombstones may be purged: that of the last old one in front of the first that is not old.
   * Absent where the first is not old, or there is none.
   */
  horizon(request: HorizonRequest): Promise<Version | undefined>;
}

/** What may be done inside a transaction. */
export interface StoreWriter extends StoreReader {
  save(writes: Writes): Promise<void>;
  /** Each row replaces the one of the same handler and group; none may be there twice. */
  savePlaces(places: readonly PlaceRow[]): Promise<void>;
}

/** What processes share that have the same data open. */
export interface SharedData {
  /** Hears all epochs, the one under way as the last, whenever that may be another one than before. */
  readonly epochs$: Observable<readonly Epoch[]>;
  /**
   * `true` while this process is the only one to hold the name, and `false` when it holds it no more. It is tried for as
   * long as somebody is subscribed, and given up then, or with the process.
   */
  hold(name: string): Observable<boolean>;
}

/**
 * Port: where groups, docs, lines and epochs are kept.
 *
 * Callers run one `read`, `write`, `purge` at a time (see `Turns`); where data is `shared`, as many as they like, and
 * `load` in a `write` then locks the groups it names. `write` is all or nothing, and runs `work` again where others
 * got in its way; when its promise resolves everything is durable. Rows and bodies handed over or out are not to be changed by either
 * side. The contract suite is `commitStoreContract` in `@atomsync/testing`.
 */
export interface CommitStore {
  /** Absent where this process is the only one. Read while the store is open. */
  readonly shared?: SharedData;
  /** Makes the store ready and begins an epoch. Returns all epochs so far; the new one is the last. */
  open(epoch: Pick<Epoch, 'id' | 'startedAt'>): Promise<readonly Epoch[]>;
  /** Runs `work` on one snapshot. */
  read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction; when it throws, nothing has happened. */
  write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;
  /**
   * Removes the group's tombstones of versions up to `through` (at most its head) and moves its purge horizon
   * there; it never moves back. Returns how many tombstones went.
   */
  purge(group: string, through: Version): Promise<number>;
  /** Removes closed lines that were last touched before `before` (milliseconds since 1970). */
  purgeLines(before: number): Promise<number>;
  close(): Promise<void>;
}

/** The place in front of the first doc with a version above `version`. Keys are never empty. */
export const afterVersion = (version: Version): Position => ({ version: version + 1, key: '' });
