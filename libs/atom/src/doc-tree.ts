import BTree from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad';
import diffAgainst from 'sorted-btree/extended/diffAgainst';

/** The persistent tree below a doc map. Never changed once a map holds it. */
export type DocTree<D> = BTree<string, D>;

/** One doc that differs between two maps; `undefined` stands for absent. */
export interface DocChange<D> {
  readonly key: string;
  readonly before: D | undefined;
  readonly after: D | undefined;
}

// One fixed order on every machine: by UTF-16 code unit, never by locale.
export const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// Every change copies one node per level: small nodes make changes cheap, large ones reads.
const NODE_SIZE = 16;

export const emptyTree = <D>(): DocTree<D> => new BTree<string, D>(undefined, compareKeys, NODE_SIZE);

/** A tree from entries in any order; of two with one key the later wins. */
export const treeFrom = <D>(entries: (readonly [string, D])[]): DocTree<D> => {
  if (entries.length === 0) return emptyTree();
  const isSorted = entries.every(
    (entry, i) => i === 0 || compareKeys((entries[i - 1] as readonly [string, D])[0], entry[0]) < 0,
  );
  const sorted = isSorted ? entries : [...new Map(entries)].sort((a, b) => compareKeys(a[0], b[0]));
  const keys: string[] = [];
  const docs: D[] = [];
  for (const [key, doc] of sorted) {
    keys.push(key);
    docs.push(doc);
  }
  return bulkLoad(keys, docs, NODE_SIZE, compareKeys);
};

const STOP = { break: true };

/**
 * What differs from `before` to `after`, in key order, or `undefined` when it is more than `limit` docs. Nodes
 * that both trees share are not looked into.
 */
export const diffTrees = <D>(
  before: DocTree<D>,
  after: DocTree<D>,
  limit = Infinity,
): DocChange<D>[] | undefined => {
  const changes: DocChange<D>[] = [];
  const add = (key: string, from: D | undefined, to: D | undefined): { break: boolean } | void => {
    if (changes.length >= limit) return STOP;
    changes.push({ key, before: from, after: to });
  };
  const stopped = diffAgainst(
    before,
    after,
    (key, doc) => add(key, doc, undefined),
    (key, doc) => add(key, undefined, doc),
    (key, from, to) => add(key, from, to),
  );
  // The walk goes from the last key to the first.
  return stopped === undefined ? changes.reverse() : undefined;
};
