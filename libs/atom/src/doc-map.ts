import type { DeepReadonly } from './deep-readonly';
import { diffTrees } from './diff-trees';
import {
  docIn,
  editTree,
  emptyTree,
  entriesOf,
  replaceIn,
  sortByKey,
  treeFrom,
  walk,
  type DocChange,
  type DocTree,
} from './doc-tree';
import { checkDoc, checkKey, noSuchDoc } from './doc-checks';
import type { AtomError } from './errors';
import { freezeInDevelopment } from './freeze';
import { DOC_MAP } from './doc-map-mark';
import type { ReadRecorder } from './read-recorder';

/** A doc as it may be given: the plain type, or what was read before. */
export type DocInput<D> = D | DeepReadonly<D>;
/** A doc as it is read. */
export type Doc<D> = DeepReadonly<D>;

/** What changed on the way from one tree to the next. One step only: no history is held. */
interface Step<D> {
  readonly from: DocTree<D>;
  readonly changes: readonly DocChange<D>[];
}

interface Tracking<D> {
  readonly recorder: ReadRecorder;
  /** The map the view was taken of, to be given back when nothing has changed. */
  readonly origin: DocMap<D>;
}

// Below this many places, looking at each is cheaper than finding out which docs differ.
const FEW = 8;

/**
 * A persistent map from string keys to docs, sorted by key (UTF-16 code units). Nothing here changes a map: the
 * writing methods return a new one that shares its unchanged nodes, or the very same one when nothing changed.
 * Docs are frozen in development, and `undefined` is not a doc.
 *
 * Two maps with equal contents are equal to `toEqual` of jest and vitest.
 *
 * @example
 * const todos = DocMap.from({ 'todo:1': { text: 'Buy milk', done: false } });
 * const later = todos.update('todo:1', (t) => ({ ...t, done: true }));
 * todos.get('todo:1')?.done; // false
 */
export class DocMap<D> implements Iterable<readonly [string, Doc<D>]> {
  // Made on first use: TypeScript compiles an initializer that names its own class to one that fails.
  static #empty: DocMap<unknown> | undefined;

  readonly #tree: DocTree<Doc<D>>;
  readonly #step: Step<Doc<D>> | undefined;
  readonly #tracking: Tracking<D> | undefined;
  #list: readonly Doc<D>[] | undefined;

  private constructor(tree: DocTree<Doc<D>>, step?: Step<Doc<D>>, tracking?: Tracking<D>) {
    this.#tree = tree;
    this.#step = step;
    this.#tracking = tracking;
  }

  /** @internal */
  get [DOC_MAP](): true {
    return true;
  }

  /** @internal What is thrown by who swaps a doc that is not there. */
  absence(key: string): AtomError {
    return noSuchDoc(key);
  }

  /** The map without docs. */
  static empty<D>(): DocMap<D> {
    return (DocMap.#empty ??= new DocMap<unknown>(emptyTree())) as DocMap<D>;
  }

  /** A map of the entries, or of an object's own enumerable properties. Of two entries with one key the later wins. */
  static from<D>(source: Iterable<readonly [string, D]> | Readonly<Record<string, D>>): DocMap<D> {
    if (source instanceof DocMap) return source as DocMap<D>;
    const isIterable = typeof (source as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
    const entries = isIterable ? (source as Iterable<readonly [string, D]>) : Object.entries(source);
    const checked = Array.from(
      entries,
      ([key, doc]) => [checkKey(key), freezeInDevelopment(checkDoc(key, doc))] as const,
    );
    return DocMap.fromTrusted(checked);
  }

  /**
   * As `from`, for docs that are nobody else's, such as decoded ones: they are taken as they are, neither
   * checked nor frozen. Entries that come sorted by key are loaded fastest.
   */
  static fromTrusted<D>(entries: Iterable<readonly [string, DocInput<D>]>): DocMap<D> {
    const tree = treeFrom([...entries] as (readonly [string, Doc<D>])[]);
    return tree.size === 0 ? DocMap.empty() : new DocMap<D>(tree);
  }

  /** How many docs there are. */
  get size(): number {
    this.#tracking?.recorder.all();
    return this.#tree.size;
  }

  /** The doc under `key`, or `undefined`. */
  get(key: string): Doc<D> | undefined {
    this.#tracking?.recorder.key(key);
    return docIn(this.#tree, key);
  }

  /** Whether there is a doc under `key`. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** All keys in order. Can be iterated any number of times, as all that iterates here. */
  keys(): Iterable<string> {
    return this.#iterable(() => walk(this.#tree, ({ keys }, at) => keys[at]!));
  }

  /** All docs in the order of their keys. */
  values(): Iterable<Doc<D>> {
    return this.#iterable(() => walk(this.#tree, docAt));
  }

  /** All `[key, doc]` in the order of their keys. */
  entries(): Iterable<readonly [string, Doc<D>]> {
    return this.#iterable(() => entriesOf(this.#tree));
  }

  [Symbol.iterator](): Iterator<readonly [string, Doc<D>]> {
    this.#tracking?.recorder.all();
    return entriesOf(this.#tree);
  }

  /** The entries whose keys begin with `prefix`, in order, at the cost of what is taken from it. */
  range(prefix: string): Iterable<readonly [string, Doc<D>]> {
    const tree = this.#tree;
    return this.#iterable(function* () {
      for (const entry of entriesOf(tree, prefix)) {
        if (!entry[0].startsWith(prefix)) return;
        yield entry;
      }
    });
  }

  /** All docs as an array: made once per map, the same array every time. */
  get list(): readonly Doc<D>[] {
    this.#tracking?.recorder.all();
    const { origin } = this.#tracking ?? {};
    if (origin && origin.#tree === this.#tree) return origin.list;
    return (this.#list ??= Object.freeze([...walk(this.#tree, docAt)]));
  }

  forEach(callback: (doc: Doc<D>, key: string, map: this) => void): void {
    for (const [key, doc] of this) callback(doc, key, this);
  }

  /** The docs that pass, as a map; the same map when all do. */
  filter(test: (doc: Doc<D>, key: string) => boolean): DocMap<D> {
    const refused: string[] = [];
    for (const [key, doc] of this) if (!test(doc, key)) refused.push(key);
    return this.withoutAll(refused);
  }

  /** A map of the same keys with each doc made from the old one. */
  map<E>(change: (doc: Doc<D>, key: string) => E): DocMap<E> {
    return DocMap.from(Array.from(this, ([key, doc]) => [key, change(doc, key)] as const));
  }

  /** A plain object with every key as an own property. */
  toJSON(): Record<string, Doc<D>> {
    return Object.fromEntries(this);
  }

  /** A map with `doc` under `key`. The very same doc: the same map. */
  with(key: string, doc: DocInput<D>): DocMap<D> {
    checkKey(key);
    checkDoc(key, doc);
    return this.#put(key, freezeInDevelopment(doc) as Doc<D>);
  }

  /** A map without `key`; the same map when it has none. */
  without(key: string): DocMap<D> {
    return this.withoutAll([key]);
  }

  /**
   * A map in which `change` has been applied to the doc under `key`.
   *
   * @throws {AtomError} `NO_SUCH_DOC` when there is none
   */
  update(key: string, change: (doc: Doc<D>) => DocInput<D>): DocMap<D> {
    const doc = this.get(key);
    if (doc === undefined) throw noSuchDoc(key);
    return this.with(key, change(doc));
  }

  /** A map with all entries put; those that are there already, as the very same docs, change nothing. */
  withAll(
    entries: Iterable<readonly [string, DocInput<D>]> | Readonly<Record<string, DocInput<D>>>,
  ): DocMap<D> {
    const source = Symbol.iterator in entries ? entries : Object.entries(entries);
    const changes: [string, Doc<D>][] = [];
    for (const [key, doc] of source) {
      checkDoc(checkKey(key), doc);
      changes.push([key, freezeInDevelopment(doc) as Doc<D>]);
    }
    return this.#apply(changes);
  }

  /** A map without these keys; the same map when it has none of them. */
  withoutAll(keys: Iterable<string>): DocMap<D> {
    return this.#apply(Array.from(keys, (key) => [key, undefined] as const));
  }

  /**
   * A map with changes applied, as `changesSince` tells them: a doc under `after` is put, `undefined` removes.
   * For docs from outside, such as decoded ones: they are taken as they are, neither checked nor frozen.
   */
  withChanges(
    changes: Iterable<{ readonly key: string; readonly after: DocInput<D> | undefined }>,
  ): DocMap<D> {
    return this.#apply(Array.from(changes, ({ key, after }) => [key, after as Doc<D> | undefined] as const));
  }

  /** Whether both hold the same keys, each with the very same doc. */
  equals(other: DocMap<D>): boolean {
    this.#tracking?.recorder.all();
    if (this.#tree === other.#tree) return true;
    return this.#tree.size === other.#tree.size && diffTrees(other.#tree, this.#tree, 0) !== undefined;
  }

  /** What differs from `before` to this map, in key order, at a cost in proportion to what differs. */
  changesSince(before: DocMap<D>): Iterable<DocChange<Doc<D>>> {
    return this.changesWithin(before, Infinity) as readonly DocChange<Doc<D>>[];
  }

  /** As `changesSince`, or `undefined` when more than `limit` docs differ, found without looking further. */
  changesWithin(before: DocMap<D>, limit: number): readonly DocChange<Doc<D>>[] | undefined {
    const known = this.knownChangesSince(before);
    if (!known) return diffTrees(before.#tree, this.#tree, limit);
    return known.length > limit ? undefined : known;
  }

  /** As `changesSince`, where it costs nothing: one map was made from the other by one write. */
  knownChangesSince(before: DocMap<D>): readonly DocChange<Doc<D>>[] | undefined {
    this.#tracking?.recorder.all();
    if (before.#tree === this.#tree) return [];
    if (this.#step?.from === before.#tree) return this.#step.changes;
    if (before.#step?.from !== this.#tree) return undefined;
    return before.#step.changes.map(({ key, before: after, after: from }) => ({ key, before: from, after }));
  }

  /** @internal As `changesSince`, where that is a shorter way than to look at each of so many places. */
  changesAmong(before: DocMap<D>, places: number): readonly DocChange<Doc<D>>[] | undefined {
    if (places > FEW) return this.changesWithin(before, places);
    const known = this.knownChangesSince(before);
    return known && known.length <= places ? known : undefined;
  }

  /**
   * A view of the same contents that tells `recorder` what is read from it and from the maps made of it: the
   * key for `get`, `has` and `update` and for what is put or removed, everything for all else that reads.
   */
  tracked(recorder: ReadRecorder): DocMap<D> {
    const origin = this.untracked();
    return new DocMap<D>(origin.#tree, origin.#step, { recorder, origin });
  }

  /** The map itself, or what a tracked view looks at: the very map it was taken of, where nothing has changed. */
  untracked(): DocMap<D> {
    if (!this.#tracking) return this;
    const { origin } = this.#tracking;
    return origin.#tree === this.#tree ? origin : new DocMap<D>(this.#tree, this.#step);
  }

  #put(key: string, after: Doc<D>): DocMap<D> {
    const from = this.#tree;
    // Also a write that changes nothing: whether it does depends on the doc.
    this.#tracking?.recorder.key(key);
    const before = docIn(from, key);
    if (Object.is(before, after)) return this;
    const changes = [{ key, before, after }];
    const tree = before === undefined ? editTree(from, changes) : replaceIn(from, key, after);
    return new DocMap<D>(tree, { from, changes }, this.#tracking);
  }

  #apply(entries: readonly (readonly [string, Doc<D> | undefined])[]): DocMap<D> {
    const from = this.#tree;
    const changes: DocChange<Doc<D>>[] = [];
    for (const [key, after] of new Map(entries)) {
      this.#tracking?.recorder.key(key);
      const before = docIn(from, key);
      if (!Object.is(before, after)) changes.push({ key, before, after });
    }
    if (changes.length === 0) return this;
    const tree = editTree(from, sortByKey(changes));
    return new DocMap<D>(tree, { from, changes }, this.#tracking);
  }

  #iterable<V>(start: () => Iterator<V>): Iterable<V> {
    const { recorder } = this.#tracking ?? {};
    return {
      [Symbol.iterator]: () => {
        recorder?.all();
        return start();
      },
    };
  }
}

const docAt = <D>({ docs }: DocTree<D>, at: number): D => docs[at]!;
