import fc from 'fast-check';
import { nextWindow } from '../../src/views/next-window';
import { Order } from '../../src/views/order';
import { RowSet } from '../../src/views/row-set';
import type { ViewEntry } from '../../src/views/view-entry';

/** Docs are what rows are sorted by; with so few of them keys decide often, and rows move far. */
const order = new Order<number>((n) => n);
const value = fc.integer({ min: 0, max: 60 });
const KEYS = 300;
const keys = fc.uniqueArray(fc.integer({ min: 0, max: KEYS }), { maxLength: 12 });
const change = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.nat(KEYS), fc.option(value)).map((one) => [one]) },
  {
    weight: 4,
    arbitrary: keys.chain((some) => fc.tuple(...some.map((k) => fc.tuple(fc.constant(k), fc.option(value))))),
  },
  // Those that are next to each other, and so come and go at the window's edges.
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(KEYS), fc.integer({ min: 1, max: 20 }), fc.option(value))
      .map(([from, count, to]) => Array.from({ length: count }, (_, at) => [from + at, to] as const)),
  },
);
const compare = (a: ViewEntry<number>, b: ViewEntry<number>): number =>
  a.doc - b.doc || (a.key < b.key ? -1 : 1);

describe('the next window', () => {
  test('is what is seen from scratch, and the same array when that is the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(KEYS), value), { minLength: 100, maxLength: 400 }),
        fc.record({
          offset: fc.oneof(fc.constant(0), fc.nat(320)),
          limit: fc.oneof(fc.constant(Infinity), fc.nat(150)),
        }),
        fc.array(change, { maxLength: 20 }),
        (initial, frame, changes) => {
          const model = new Map<string, ViewEntry<number>>();
          const rows = new RowSet(order);
          const apply = (docs: readonly (readonly [number, number | null])[]) => {
            const entries = [...new Map(docs)].flatMap(([key, doc]) =>
              doc === null ? [] : [{ key: `k${key}`, doc }],
            );
            for (const [key] of docs) model.delete(`k${key}`);
            for (const entry of entries) model.set(entry.key, entry);
            return rows.apply({
              gone: docs.map(([key]) => ({ key: `k${key}` })),
              come: entries.map((entry) => order.row(entry)),
            });
          };
          apply(initial);
          let seen = nextWindow(rows, frame);
          for (const docs of changes) {
            const next = nextWindow(rows, frame, seen, apply(docs));
            const all = [...model.values()].sort(compare);
            const expected = all.slice(frame.offset, frame.offset + frame.limit);
            expect(next).toEqual(expected);
            const isSame =
              seen.length === expected.length && expected.every((entry, at) => entry === seen[at]);
            expect(next === seen).toBe(isSame);
            seen = next;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
