import fc from 'fast-check';
import { diffTrees } from '../src/diff-trees';
import { docIn, editTree, emptyTree, entriesOf, sortByKey, treeFrom, type DocTree } from '../src/doc-tree';

/** Keys that are close to each other, and some that only code units set apart. */
const key = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }).map((n) => `k${n}`),
  fc.constantFrom('', 'k', '\ud83d\ude00', '\uffff', 'K1', 'é'),
);
const batch = fc.uniqueArray(
  fc.record({ key, after: fc.option(fc.integer(), { nil: undefined, freq: 2 }) }),
  {
    selector: (edit) => edit.key,
    maxLength: 600,
  },
);
const byCodeUnit = (map: ReadonlyMap<string, number>): [string, number][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const filled = (count: number): DocTree<number> =>
  treeFrom(Array.from({ length: count }, (_, n) => [`k${String(n).padStart(6, '0')}`, n] as const));

/** Every node's keys, sizes and heights are what its children say. */
const faultsOf = (node: DocTree<number>, isRoot = true): string[] => {
  const faults = node.nodes.flatMap((child) => faultsOf(child, false));
  if (node.keys.length > 24) faults.push('overfull');
  if (!isRoot && node.keys.length === 0) faults.push('empty');
  if (node.height === 0) return node.size === node.docs.length ? faults : [...faults, 'size of a leaf'];
  if (node.nodes.some(({ height }) => height !== node.height - 1)) faults.push('height');
  if (node.nodes.some(({ keys }, at) => keys[0] !== node.keys[at])) faults.push('keys');
  if (node.nodes.reduce((sum, { size }) => sum + size, 0) !== node.size) faults.push('size');
  return faults;
};

describe('a doc tree', () => {
  it('holds what a Map holds after any batches, sorted by code unit, and every tree before stays as it was', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
        const states: [DocTree<number>, Map<string, number>][] = [[emptyTree(), new Map()]];
        for (const edits of batches) {
          const [tree, map] = states.at(-1)!;
          const next = new Map(map);
          for (const { key, after } of edits) {
            if (after === undefined) next.delete(key);
            else next.set(key, after);
          }
          states.push([editTree(tree, sortByKey([...edits])), next]);
        }
        for (const [tree, map] of states) {
          expect([...entriesOf(tree)]).toEqual(byCodeUnit(map));
          expect(tree.size).toBe(map.size);
          expect(faultsOf(tree)).toEqual([]);
          for (const [key, doc] of map) expect(docIn(tree, key)).toBe(doc);
          expect(docIn(tree, 'absent')).toBeUndefined();
        }
      }),
    );
  });

  it('tells the difference of any two trees, related or not', () => {
    fc.assert(
      fc.property(batch, batch, fc.boolean(), (first, second, related) => {
        const before = editTree(filled(related ? 2_000 : 0), sortByKey([...first]));
        const after = editTree(related ? before : emptyTree(), sortByKey([...second]));
        const [old, now] = [new Map(entriesOf(before)), new Map(entriesOf(after))];
        const differing = [...new Set([...old.keys(), ...now.keys()])]
          .filter((key) => old.get(key) !== now.get(key))
          .sort((a, b) => (a < b ? -1 : 1))
          .map((key) => ({ key, before: old.get(key), after: now.get(key) }));
        expect(diffTrees(before, after)).toEqual(differing);
        if (differing.length > 0) expect(diffTrees(before, after, differing.length - 1)).toBeUndefined();
        expect(diffTrees(before, after, differing.length)).toEqual(differing);
      }),
    );
  });

  it('begins anywhere', () => {
    fc.assert(
      fc.property(batch, key, (edits, from) => {
        const tree = editTree(filled(100), sortByKey([...edits]));
        const all = [...entriesOf(tree)];
        expect([...entriesOf(tree, from)]).toEqual(all.filter(([key]) => key >= from));
      }),
    );
  });

  it('shares all nodes but those on the way to an edit, and looks into no others to tell the difference', () => {
    const nodesOf = (tree: DocTree<number>): DocTree<number>[] => [tree, ...tree.nodes.flatMap(nodesOf)];
    const before = filled(100_000);
    const after = editTree(before, [
      { key: 'k000000', after: undefined },
      { key: 'k050000', after: -1 },
      { key: 'k099999x', after: 1 },
    ]);
    const known = new Set(nodesOf(before));
    expect(nodesOf(after).filter((node) => !known.has(node)).length).toBeLessThanOrEqual(
      3 * (before.height + 1) + 2,
    );
    let looks = 0;
    const watched = (tree: DocTree<number>): DocTree<number> =>
      new Proxy(tree, {
        get: (node, name: keyof DocTree<number>) => (looks++, node[name]),
      });
    expect(diffTrees(watched(before), watched(after))?.length).toBe(3);
    expect(looks).toBeLessThan(100);
  });

  it('shrinks to nothing', () => {
    const tree = filled(10_000);
    const edits = [...entriesOf(tree)].map(([key]) => ({ key, after: undefined }));
    const one = editTree(tree, edits.slice(1));
    expect(one).toMatchObject({ height: 0, size: 1 });
    expect(editTree(one, edits)).toEqual(emptyTree());
  });
});
