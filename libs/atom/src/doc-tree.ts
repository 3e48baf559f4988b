/**
 * A persistent B+ tree from keys to docs, in the order of UTF-16 code units on every machine. A node is never
 * changed; an edit copies the nodes on its way, once per batch, and shares all others.
 */
export interface DocTree<D> {
  /** The first key of each of `nodes`; in a leaf those of `docs`. */
  readonly keys: readonly string[];
  /** Of a leaf. */
  readonly docs: readonly D[];
  /** Of an inner node: all of one height. */
  readonly nodes: readonly DocTree<D>[];
  /** 0 for a leaf. */
  readonly height: number;
  /** How many docs are below. */
  readonly size: number;
}

/** One doc that differs between two maps; `undefined` stands for absent. */
export interface DocChange<D> {
  readonly key: string;
  readonly before: D | undefined;
  readonly after: D | undefined;
}

/** A doc to put, or `undefined` to remove. */
type Edit<D> = Pick<DocChange<D>, 'key' | 'after'>;

// Every change copies one node per level: small nodes make changes cheap, large ones reads.
const MOST = 24;
// Nodes below it are joined with a neighbour. Far from half of MOST, so that edits do not join and split in turn.
const FEWEST = 6;

const leafOf = <D>(keys: readonly string[], docs: readonly D[]): DocTree<D> => ({
  keys,
  docs,
  nodes: [],
  height: 0,
  size: keys.length,
});

const innerOf = <D>(nodes: readonly DocTree<D>[]): DocTree<D> => {
  const keys: string[] = [];
  let size = 0;
  for (const node of nodes) {
    keys.push(node.keys[0]!);
    size += node.size;
  }
  return { keys, docs: [], nodes, height: nodes[0]!.height + 1, size };
};

export const emptyTree = <D>(): DocTree<D> => leafOf<D>([], []);

/** A tree from entries in any order; of two with one key the later wins. Sorted ones are loaded fastest. */
export const treeFrom = <D>(entries: readonly (readonly [string, D])[]): DocTree<D> => {
  const isSorted = entries.every(([key], at) => at === 0 || entries[at - 1]![0] < key);
  const sorted = isSorted ? entries : [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = leafOf(
    sorted.map(([key]) => key),
    sorted.map(([, doc]) => doc),
  );
  return rootOver(pieces(all));
};

/** Sorts in place. */
export const sortByKey = <E extends { readonly key: string }>(edits: E[]): E[] =>
  edits.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** Where the last key stands that is not after `key`; -1 where there is none. */
const placeOf = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Where the first key stands that is not before `key`. */
const startOf = (keys: readonly string[], key: string): number => {
  const at = placeOf(keys, key);
  return keys[at] === key ? at : at + 1;
};

/** The doc under `key`. */
export const docIn = <D>(tree: DocTree<D>, key: string): D | undefined => {
  let node: DocTree<D> | undefined = tree;
  let at = placeOf(node.keys, key);
  while (node && node.height > 0) {
    node = node.nodes[at];
    at = node ? placeOf(node.keys, key) : -1;
  }
  return node?.keys[at] === key ? node.docs[at] : undefined;
};

/** The leaves from the one that `from` belongs to, in order. */
function* leavesOf<D>(tree: DocTree<D>, from = ''): Generator<DocTree<D>, void> {
  if (tree.height === 0) yield tree;
  for (let at = Math.max(0, placeOf(tree.keys, from)); at < tree.nodes.length; at++) {
    yield* leavesOf(tree.nodes[at]!, from);
  }
}

/** What `pick` takes of each entry, in order, from the first key that is not before `from`. */
export const walk = <D, V>(
  tree: DocTree<D>,
  pick: (leaf: DocTree<D>, at: number) => V,
  from = '',
): IterableIterator<V> => {
  const leaves = leavesOf(tree, from);
  let leaf = leaves.next().value as DocTree<D> | undefined;
  let at = leaf ? startOf(leaf.keys, from) : 0;
  return {
    next() {
      while (at === leaf?.size) [leaf, at] = [leaves.next().value as DocTree<D> | undefined, 0];
      return leaf ? { done: false, value: pick(leaf, at++) } : { done: true, value: undefined };
    },
    [Symbol.iterator]() {
      return this;
    },
  };
};

/** `[key, doc]` in order, from the first key that is not before `from`. */
export const entriesOf = <D>(tree: DocTree<D>, from?: string): IterableIterator<readonly [string, D]> =>
  walk(tree, ({ keys, docs }, at) => [keys[at]!, docs[at]!] as const, from);

/** The tree with `edits` applied, which are sorted by key, each key once. */
export const editTree = <D>(tree: DocTree<D>, edits: readonly Edit<D>[]): DocTree<D> =>
  rootOver(edit(tree, edits, 0, edits.length));

/** The tree with another doc under a key that it has: what most writes are, without what other edits need. */
export const replaceIn = <D>(tree: DocTree<D>, key: string, doc: D): DocTree<D> => {
  const { keys, docs, nodes, height, size } = tree;
  const at = placeOf(keys, key);
  if (height === 0) {
    const replaced = docs.slice();
    replaced[at] = doc;
    return { keys, docs: replaced, nodes, height, size };
  }
  const replaced = nodes.slice();
  replaced[at] = replaceIn(nodes[at]!, key, doc);
  return { keys, docs, nodes: replaced, height, size };
};

/** A tree of what is in `nodes`, which are of one height. */
const rootOver = <D>(nodes: readonly DocTree<D>[]): DocTree<D> => {
  let roots = nodes;
  while (roots.length > 1) roots = pieces(innerOf(roots));
  let root = roots[0] ?? emptyTree();
  while (root.nodes.length === 1) root = root.nodes[0]!;
  return root;
};

/** What becomes of a node by the edits from `low` up to `high`: nodes of its height, or none. */
const edit = <D>(node: DocTree<D>, edits: readonly Edit<D>[], low: number, high: number): DocTree<D>[] => {
  if (node.height === 0) return pieces(editLeaf(node, edits, low, high));
  if (high - low === 1) {
    const at = childOf(node, edits[low]!.key);
    const changed = edit(node.nodes[at]!, edits, low, high);
    if (changed.length === 1 && changed[0]!.keys.length >= FEWEST) return [withChild(node, at, changed[0]!)];
  }
  const nodes: DocTree<D>[] = [];
  let at = 0;
  const keepUpTo = (end: number): void => {
    while (at < end) join(nodes, node.nodes[at++]!);
  };
  for (let from = low, to = low; from < high; from = to) {
    keepUpTo(childOf(node, edits[from]!.key));
    const next = node.keys[at + 1];
    do to++;
    while (to < high && (next === undefined || edits[to]!.key < next));
    for (const piece of edit(node.nodes[at++]!, edits, from, to)) join(nodes, piece);
  }
  keepUpTo(node.nodes.length);
  return nodes.length === 0 ? [] : pieces(innerOf(nodes));
};

/** The child that `key` belongs to. */
const childOf = <D>(node: DocTree<D>, key: string): number => Math.max(0, placeOf(node.keys, key));

const withChild = <D>(node: DocTree<D>, at: number, child: DocTree<D>): DocTree<D> => {
  const [key] = child.keys;
  const nodes = node.nodes.slice();
  nodes[at] = child;
  return {
    keys: node.keys[at] === key ? node.keys : node.keys.with(at, key!),
    docs: [],
    nodes,
    height: node.height,
    size: node.size + child.size - node.nodes[at]!.size,
  };
};

const editLeaf = <D>(leaf: DocTree<D>, edits: readonly Edit<D>[], low: number, high: number): DocTree<D> => {
  if (high - low === 1) return editEntry(leaf, edits[low]!);
  const keys: string[] = [];
  const docs: D[] = [];
  let at = 0;
  const keepUpTo = (end: number): void => {
    for (; at < end; at++) {
      keys.push(leaf.keys[at]!);
      docs.push(leaf.docs[at]!);
    }
  };
  for (let next = low; next < high; next++) {
    const { key, after } = edits[next]!;
    keepUpTo(startOf(leaf.keys, key));
    if (leaf.keys[at] === key) at++;
    if (after === undefined) continue;
    keys.push(key);
    docs.push(after);
  }
  keepUpTo(leaf.size);
  return leafOf(keys, docs);
};

/** As `editLeaf`, for the one edit that most writes are. */
const editEntry = <D>(leaf: DocTree<D>, { key, after }: Edit<D>): DocTree<D> => {
  const at = startOf(leaf.keys, key);
  const known = leaf.keys[at] === key ? 1 : 0;
  if (after === undefined) return leafOf(leaf.keys.toSpliced(at, known), leaf.docs.toSpliced(at, known));
  const keys = known ? leaf.keys : leaf.keys.toSpliced(at, 0, key);
  return leafOf(keys, leaf.docs.toSpliced(at, known, after));
};

/** Adds a node behind its neighbours; where one of the two is too small, as one with the last of them. */
const join = <D>(nodes: DocTree<D>[], node: DocTree<D>): void => {
  const last = nodes[nodes.length - 1];
  if (!last || (last.keys.length >= FEWEST && node.keys.length >= FEWEST)) return void nodes.push(node);
  const both =
    node.height > 0
      ? innerOf([...last.nodes, ...node.nodes])
      : leafOf([...last.keys, ...node.keys], [...last.docs, ...node.docs]);
  nodes.splice(-1, 1, ...pieces(both));
};

/** A node that may have grown too large, or lost everything, as nodes of even size. */
const pieces = <D>(node: DocTree<D>): DocTree<D>[] => {
  const { length } = node.keys;
  const count = Math.ceil(length / MOST);
  if (count === 1) return [node];
  return Array.from({ length: count }, (_, piece) => {
    const [from, to] = [piece, piece + 1].map((at) => Math.floor((at * length) / count));
    return node.height > 0
      ? innerOf(node.nodes.slice(from, to))
      : leafOf(node.keys.slice(from, to), node.docs.slice(from, to));
  });
};
