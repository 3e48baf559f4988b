import type { DocChange, DocTree } from './doc-tree';

/** A node that a walk has before it; of a leaf, from its entry `at` on. */
interface Ahead<D> {
  readonly node: DocTree<D>;
  at: number;
}

/**
 * What differs from `before` to `after`, in key order, or `undefined` when it is more than `limit` docs. Nodes
 * that both trees share are not looked into, wherever they stand.
 */
export const diffTrees = <D>(
  before: DocTree<D>,
  after: DocTree<D>,
  limit = Infinity,
): DocChange<D>[] | undefined => {
  const changes: DocChange<D>[] = [];
  // Stacks: what comes next is last.
  const old: Ahead<D>[] = [{ node: before, at: 0 }];
  const now: Ahead<D>[] = [{ node: after, at: 0 }];
  for (;;) {
    const [a, b] = [top(old), top(now)];
    if (!a && !b) return changes;
    if (a?.node === b?.node && a?.at === b?.at) {
      old.pop();
      now.pop();
      continue;
    }
    const order = a && b ? compare(keyOf(a), keyOf(b)) : a ? -1 : 1;
    // The one that begins earlier is opened; of two that begin alike the higher one, so that they can meet.
    const opensOld = order < 0 || (order === 0 && a!.node.height >= b!.node.height);
    if (opensOld ? open(old, a!) : open(now, b!)) continue;
    const from = order <= 0 ? docOf(a!) : undefined;
    const to = order >= 0 ? docOf(b!) : undefined;
    if (!Object.is(from, to)) {
      if (changes.length >= limit) return undefined;
      changes.push({ key: keyOf((order <= 0 ? a : b)!), before: from, after: to });
    }
    if (order <= 0) a!.at++;
    if (order >= 0) b!.at++;
  }
};

const keyOf = <D>({ node, at }: Ahead<D>): string => node.keys[at]!;
const docOf = <D>({ node, at }: Ahead<D>): D => node.docs[at]!;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The next node that is not at its end. */
const top = <D>(stack: Ahead<D>[]): Ahead<D> | undefined => {
  for (let last = stack.at(-1); last; last = stack.at(-1)) {
    if (last.at < last.node.keys.length) return last;
    stack.pop();
  }
  return undefined;
};

/** Puts an inner node's children in its place; says whether it is one. */
const open = <D>(stack: Ahead<D>[], { node }: Ahead<D>): boolean => {
  if (node.height === 0) return false;
  stack.pop();
  for (let at = node.nodes.length; at-- > 0;) stack.push({ node: node.nodes[at]!, at: 0 });
  return true;
};
