import { atom, DocMap, view } from '../../src/index';
import { nextWindow } from '../../src/views/next-window';
import { Order } from '../../src/views/order';
import type { Row } from '../../src/views/row';
import { RowSet } from '../../src/views/row-set';

/** What a change costs is counted, not timed. */
const SIZE = 100_000;
/** A path through a tree of so many rows, which is balanced but not perfectly. */
const PATH = Math.ceil(2.5 * Math.log2(SIZE));

interface Item {
  readonly n: number;
  readonly text: string;
}
const keyOf = (n: number): string => `k${String(n).padStart(6, '0')}`;
const docs = DocMap.fromTrusted<Item>(
  Array.from({ length: SIZE }, (_, n) => [keyOf(n), { n, text: `text ${n % 1000}` }] as const),
);

describe('one change among 100,000 docs', () => {
  test('asks where and sortBy once, and compares along a path', () => {
    const items = atom(docs);
    const calls = { where: 0, sortBy: 0, compare: 0, refined: 0, groupBy: 0, emitted: 0 };
    const nothing = { ...calls };
    const top = view(items, {
      where: (item) => ++calls.where > 0 && item.n % 2 === 0,
      sortBy: [
        (item) => ++calls.sortBy > 0 && item.text,
        { compare: (a, b) => ++calls.compare && a.n - b.n },
      ],
      limit: 20,
      offset: 1_000,
    });
    const all = view(items, { where: (item) => ++calls.refined > 0 && item.n % 2 === 0 });
    top.subscribe(() => calls.emitted++);
    top.count().subscribe();
    top.view({ limit: 5 }).subscribe(() => calls.emitted++);
    all.count().subscribe();
    all.groupBy((item) => ++calls.groupBy > 0 && item.text).subscribe();
    expect(calls).toMatchObject({
      where: SIZE,
      sortBy: SIZE / 2,
      refined: SIZE,
      groupBy: SIZE / 2,
      emitted: 2,
    });

    const costs = (change: (before: DocMap<Item>) => DocMap<Item>): typeof calls => {
      Object.assign(calls, nothing);
      items.swap(change);
      return { ...calls };
    };
    // Behind the window, in sight of nobody.
    const [behind] = [costs((now) => now.update(keyOf(99_990), (item) => ({ ...item, text: 'zzz' })))];
    expect(behind).toMatchObject({ where: 1, sortBy: 1, refined: 1, groupBy: 1, emitted: 0 });
    expect(behind.compare).toBeLessThan(4 * PATH);
    // One that does not pass, before and after.
    const other = costs((now) => now.update(keyOf(501), (item) => ({ ...item, text: 'a' })));
    expect(other).toEqual({ ...nothing, where: 1, refined: 1 });
    // Before the window, so that all of it moves by one.
    const before = costs((now) => now.with('new', { n: 0, text: '' }));
    expect(before).toMatchObject({ where: 1, sortBy: 1, refined: 1, groupBy: 1, emitted: 2 });
    expect(before.compare).toBeLessThan(4 * PATH);
    // Removed: nothing is asked.
    const gone = costs((now) => now.without('new'));
    expect(gone).toMatchObject({ where: 0, sortBy: 0, refined: 0, groupBy: 0, emitted: 2 });
    expect(gone.compare).toBeLessThan(4 * PATH);
  });

  test('is found by views that come late, at the cost of the change', () => {
    const items = atom(docs);
    let asked = 0;
    const even = view(items, { where: (item) => ++asked > 0 && item.n % 2 === 0 });
    even.subscribe();
    asked = 0;
    items.swap((now) => now.with('new', { n: 0, text: '' }));
    even.subscribe();
    even.view({ limit: 10 }).subscribe();
    even.view({ limit: 10, offset: 500 }).subscribe();
    even.count().subscribe();
    expect(asked).toBe(1);
  });

  test('looks at the rows of a window that have changed, and at no others', () => {
    let looked = 0;
    const rowOf = (n: number, doc = n): Row<number> => ({
      key: keyOf(n),
      sort: [],
      get entry() {
        looked++;
        return { key: keyOf(n), doc };
      },
    });
    const rows = new RowSet(new Order<number>());
    rows.apply({ gone: [], come: Array.from({ length: 20_000 }, (_, n) => rowOf(n * 2)) });
    const cost = (frame: { offset: number; limit: number }, from: number[], to: number[]): number => {
      const seen = nextWindow(rows, frame);
      looked = 0;
      const step = rows.apply({
        gone: from.map((n) => ({ key: keyOf(n) })),
        come: to.map((n) => rowOf(n, n + 1)),
      });
      const next = nextWindow(rows, frame, seen, step);
      const asIfNew = looked;
      const keys = next.map(({ key }) => key).join();
      expect(
        keys ===
          nextWindow(rows, frame)
            .map(({ key }) => key)
            .join(),
      ).toBe(true);
      return asIfNew;
    };
    const whole = { offset: 0, limit: Infinity };
    const page = { offset: 10_000, limit: 1_000 };
    expect(cost(whole, [20_000], [20_000])).toBe(1); // replaced
    expect(cost(whole, [], [20_001])).toBe(1); // come
    expect(cost(whole, [20_001], [])).toBe(0); // gone
    expect(cost(whole, [20_000], [20_021])).toBe(11); // moved down, past ten
    expect(cost(page, [20_200], [20_200])).toBe(1);
    expect(cost(page, [0], [])).toBe(1); // all of it moves up by one: one comes into sight
    expect(cost(page, [], [0])).toBe(1); // and back
    expect(cost(page, [20_200], [])).toBe(1); // the one that comes into sight
    expect(cost(page, [39_000], [1])).toBe(1_000); // one that moves across all of it: as many as are seen
    expect(cost(page, [30_000, 30_002], [30_001])).toBe(0); // behind it
  });
});
