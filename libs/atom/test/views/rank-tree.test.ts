import fc from 'fast-check';
import { editRow, eachRow, rankOf, rankTreeFrom, sizeOf, type RankTree } from '../../src/views/rank-tree';

const byNumber = (a: number, b: number): number => a - b;
const rows = (tree: RankTree<number>, from = 0, to = Infinity): number[] => {
  const all: number[] = [];
  eachRow(tree, from, to, (row) => all.push(row));
  return all;
};
/** How many nodes of a tree are not `known`, and gets to know them. */
const newNodes = (tree: RankTree<number>, known: WeakSet<object>): number => {
  if (!tree || known.has(tree)) return 0;
  known.add(tree);
  return 1 + newNodes(tree.left, known) + newNodes(tree.right, known);
};
/** Whether every node's sides weigh at most three times each other, and its size is right. */
const isBalanced = (tree: RankTree<number>): boolean => {
  if (!tree) return true;
  const [left, right] = [sizeOf(tree.left) + 1, sizeOf(tree.right) + 1];
  return (
    tree.size === left + right - 1 &&
    Math.max(left, right) <= 3 * Math.min(left, right) &&
    isBalanced(tree.left) &&
    isBalanced(tree.right)
  );
};
const depthOf = (tree: RankTree<number>): number =>
  tree ? 1 + Math.max(depthOf(tree.left), depthOf(tree.right)) : 0;

describe('a rank tree', () => {
  test('holds what was put and not removed, in order and in balance, and finds each by its place', () => {
    const edits = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 400 });
    fc.assert(
      fc.property(
        edits,
        fc.uniqueArray(fc.integer({ min: 0, max: 200 })),
        fc.nat(220),
        fc.nat(220),
        (toggled, initial, from, to) => {
          const model = new Set(initial);
          let tree = rankTreeFrom([...initial].sort(byNumber));
          expect(isBalanced(tree)).toBe(true);
          for (const n of toggled) {
            const before = rows(tree).join();
            const next = editRow(tree, n, byNumber, !model.has(n));
            expect(rows(tree).join()).toBe(before);
            tree = next;
            if (!model.delete(n)) model.add(n);
            expect(isBalanced(tree)).toBe(true);
          }
          const sorted = [...model].sort(byNumber);
          expect(rows(tree)).toEqual(sorted);
          expect(rows(tree, from, to)).toEqual(sorted.slice(from, Math.max(from, to)));
          for (const n of [0, 7, 100, 201])
            expect(rankOf(tree, n, byNumber)).toBe(sorted.filter((m) => m < n).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('makes as many nodes and comparisons as it is deep, and shares all others with the tree before', () => {
    const size = 100_000;
    let compared = 0;
    const counting = (a: number, b: number): number => {
      compared++;
      return a - b;
    };
    let tree = rankTreeFrom(Array.from({ length: size }, (_, i) => i * 2));
    const known = new WeakSet();
    expect(newNodes(tree, known)).toBe(size);
    for (const n of [1, 77_777, 199_999, 3, 5, 7, 9, 11, 13]) {
      compared = 0;
      tree = editRow(tree, n, counting, true);
      expect(compared).toBeLessThanOrEqual(depthOf(tree));
      // A path, and two rotations at each node of it at the most.
      expect(newNodes(tree, known)).toBeLessThanOrEqual(depthOf(tree) * 3);
    }
    expect(depthOf(tree)).toBeLessThanOrEqual(Math.ceil(2.5 * Math.log2(size)));
  });

  test('stays as it is when a row is removed that it does not have', () => {
    const tree = rankTreeFrom([1, 3, 5]);
    expect(rows(editRow(tree, 4, byNumber, false))).toEqual([1, 3, 5]);
    expect(editRow(null, 4, byNumber, false)).toBeNull();
  });
});
