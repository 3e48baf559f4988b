/**
 * Rows in order, each found by its place as well: a persistent weight-balanced tree. A change makes new nodes along one
 * path; the tree before it stays as it was.
 */
export type RankTree<R> = RankNode<R> | null;

interface RankNode<R> {
  readonly left: RankTree<R>;
  readonly row: R;
  readonly right: RankTree<R>;
  readonly size: number;
}

/** Total, and the same at all times. */
export type Compare<R> = (a: R, b: R) => number;

export const sizeOf = (tree: RankTree<unknown>): number => tree?.size ?? 0;

/** A tree of rows that are in order. */
export const rankTreeFrom = <R>(rows: readonly R[], from = 0, to = rows.length): RankTree<R> => {
  if (from === to) return null;
  const middle = (from + to) >> 1;
  return join(rankTreeFrom(rows, from, middle), rows[middle]!, rankTreeFrom(rows, middle + 1, to));
};

/** The tree with `row`, in the place of one that compares as the same, or without that one. */
export const editRow = <R>(tree: RankTree<R>, row: R, compare: Compare<R>, isIn: boolean): RankTree<R> => {
  if (!tree) return isIn ? join(null, row, null) : null;
  const { left, right } = tree;
  const order = compare(row, tree.row);
  if (order < 0) return balanced(editRow(left, row, compare, isIn), tree.row, right);
  if (order > 0) return balanced(left, tree.row, editRow(right, row, compare, isIn));
  if (isIn) return join(left, row, right);
  return left && right ? balanced(left, firstOf(right), withoutFirst(right)) : (left ?? right);
};

/** How many rows stand before `row`, or would. */
export const rankOf = <R>(tree: RankTree<R>, row: R, compare: Compare<R>): number => {
  if (!tree) return 0;
  const order = compare(row, tree.row);
  if (order < 0) return rankOf(tree.left, row, compare);
  const before = sizeOf(tree.left);
  return order > 0 ? before + 1 + rankOf(tree.right, row, compare) : before;
};

/** Hands over the rows from place `from` up to `to`, at the cost of as many and one path. */
export const eachRow = <R>(tree: RankTree<R>, from: number, to: number, take: (row: R) => void): void => {
  if (!tree || from >= tree.size || to <= 0 || from >= to) return;
  const at = sizeOf(tree.left);
  eachRow(tree.left, from, to, take);
  if (from <= at && at < to) take(tree.row);
  eachRow(tree.right, from - at - 1, to - at - 1, take);
};

const join = <R>(left: RankTree<R>, row: R, right: RankTree<R>): RankNode<R> => ({
  left,
  row,
  right,
  size: sizeOf(left) + 1 + sizeOf(right),
});

// One side weighs at most three times the other; a grandchild that weighs twice its sibling asks for two rotations.
// These are the numbers that have been proved to keep balance (Hirai and Yamamoto, 2011).
const SIDE = 3;
const INNER = 2;
const weight = (tree: RankTree<unknown>): number => sizeOf(tree) + 1;

/** A node of two sides of which one may have gained or lost a row. */
const balanced = <R>(left: RankTree<R>, row: R, right: RankTree<R>): RankNode<R> => {
  if (right && weight(right) > SIDE * weight(left)) {
    const { left: inner, right: outer } = right;
    return inner && weight(inner) >= INNER * weight(outer)
      ? join(join(left, row, inner.left), inner.row, join(inner.right, right.row, outer))
      : join(join(left, row, inner), right.row, outer);
  }
  if (left && weight(left) > SIDE * weight(right)) {
    const { left: outer, right: inner } = left;
    return inner && weight(inner) >= INNER * weight(outer)
      ? join(join(outer, left.row, inner.left), inner.row, join(inner.right, row, right))
      : join(outer, left.row, join(inner, row, right));
  }
  return join(left, row, right);
};

const firstOf = <R>(tree: RankNode<R>): R => (tree.left ? firstOf(tree.left) : tree.row);

const withoutFirst = <R>(tree: RankNode<R>): RankTree<R> =>
  tree.left ? balanced(withoutFirst(tree.left), tree.row, tree.right) : tree.right;
