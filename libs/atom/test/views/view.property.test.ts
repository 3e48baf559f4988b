import fc from 'fast-check';
import {
  atom,
  DocMap,
  view,
  type SortTerm,
  type View,
  type ViewEntry,
  type ViewQuery,
} from '../../src/index';

/** Fields with few values, so that docs are often alike in them, and of several types. */
interface Item {
  n: number | null | undefined;
  s: string | number | boolean;
  on: boolean;
}
type Docs = DocMap<Item>;
type Entries = readonly ViewEntry<Item>[];

const item: fc.Arbitrary<Item> = fc.record({
  n: fc.constantFrom(undefined, null, NaN, -1, 0, 1, 2, 3),
  s: fc.constantFrom('', 'a', 'b', 'B', 7, true),
  on: fc.boolean(),
});
const key = fc.integer({ min: 0, max: 40 }).map((n) => `k${n}`);

const change: fc.Arbitrary<(docs: Docs) => Docs> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(key, item).map(
      ([k, doc]) =>
        (docs: Docs) =>
          docs.with(k, doc),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(key, fc.oneof(fc.record({ on: fc.boolean() }), fc.record({ n: fc.nat(3) }))).map(
      ([k, fields]) =>
        (docs: Docs) =>
          docs.has(k) ? docs.update(k, (doc) => ({ ...doc, ...fields })) : docs,
    ),
  },
  { weight: 4, arbitrary: key.map((k) => (docs: Docs) => docs.without(k)) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(key, fc.option(item, { nil: undefined, freq: 3 })), { maxLength: 12 })
      .map((edits) => (docs: Docs) => docs.withChanges(edits.map(([k, after]) => ({ key: k, after })))),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(key, item), { maxLength: 40 })
      .map((all) => () => DocMap.from<Item>(new Map(all))),
  },
);

const term: fc.Arbitrary<SortTerm<Item>> = fc.constantFrom<SortTerm<Item>>(
  'n',
  's',
  (doc, k) => (doc.on ? k.length : undefined),
  { by: 'n', direction: 'desc' },
  { by: (doc) => doc.s, direction: 'desc' },
  { compare: (a, b) => String(a.s).localeCompare(String(b.s)) },
  { compare: (a, b) => Number(a.on) - Number(b.on), direction: 'desc' },
);
const query: fc.Arbitrary<ViewQuery<Item>> = fc.record(
  {
    where: fc.constantFrom<(doc: Item, key: string) => boolean>(
      ({ on }) => on,
      ({ n }) => typeof n === 'number' && n > 0,
      (_, k) => k.endsWith('1'),
    ) as fc.Arbitrary<ViewQuery<Item>['where']>,
    sortBy: fc.oneof(term, fc.array(term, { maxLength: 3 })),
    limit: fc.oneof(fc.nat(12), fc.constant(Infinity)),
    offset: fc.oneof(fc.nat(6), fc.nat(30)),
  },
  { requiredKeys: [] },
);

/** Of the same order as the view's, told in another way: by the place of the type, and then within it. */
const scalar = (value: unknown): readonly [place: number, value: number | string] => {
  if (value === undefined || value === null) return [0, 0];
  if (typeof value === 'boolean') return [1, Number(value)];
  if (typeof value === 'number') return Number.isNaN(value) ? [2, 0] : [3, value];
  return [4, value as string];
};
const compareTerm = (of: SortTerm<Item>, a: ViewEntry<Item>, b: ViewEntry<Item>): number => {
  const { direction, ...how } = typeof of === 'object' ? of : { by: of };
  const sign = direction === 'desc' ? -1 : 1;
  if ('compare' in how) return sign * how.compare(a.doc, b.doc);
  const { by } = how as { readonly by: keyof Item | ((doc: Item, key: string) => unknown) };
  const [x, y] = [a, b].map(({ key: k, doc }) => scalar(typeof by === 'function' ? by(doc, k) : doc[by])) as [
    ReturnType<typeof scalar>,
    ReturnType<typeof scalar>,
  ];
  return sign * (x[0] - y[0] || (x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0));
};
const fromScratch = (
  entries: Entries,
  { where, sortBy, limit = Infinity, offset = 0 }: ViewQuery<Item>,
): Entries => {
  const found = where ? entries.filter((entry) => where(entry.doc, entry.key)) : [...entries];
  if (sortBy !== undefined) {
    const terms = Array.isArray(sortBy) ? (sortBy as SortTerm<Item>[]) : [sortBy as SortTerm<Item>];
    found.sort((a, b) => {
      for (const each of terms) {
        const order = compareTerm(each, a, b);
        if (order !== 0) return order;
      }
      return a.key < b.key ? -1 : 1;
    });
  }
  return found.slice(offset, offset + limit);
};
const entriesOf = (docs: Docs): Entries => Array.from(docs, ([k, doc]) => ({ key: k, doc }));

/** Listens to a view and holds every emission against the one before and the one from scratch. */
const follow = (shown: View<Item>, scratch: () => Entries): { check: () => void; stop: () => void } => {
  let seen: Entries | undefined;
  let counted: number | undefined;
  let grouped: ReadonlyMap<unknown, Entries> | undefined;
  const groupOf = ({ doc }: ViewEntry<Item>): Item['s'] => doc.s;
  const subscription = shown.subscribe((entries) => {
    // Told only when something has changed.
    if (seen?.length === entries.length)
      expect(entries.some(({ key: k, doc }, at) => seen![at]!.key !== k || seen![at]!.doc !== doc)).toBe(
        true,
      );
    const before = new Map(seen?.map((entry) => [entry.key, entry]));
    for (const entry of entries)
      if (before.get(entry.key)?.doc === entry.doc) expect(entry).toBe(before.get(entry.key));
    seen = entries;
  });
  subscription.add(
    shown.count().subscribe((count) => {
      expect(count).not.toBe(counted);
      counted = count;
    }),
  );
  subscription.add(
    shown.groupBy('s').subscribe((groups) => {
      for (const [group, entries] of groups) {
        const old = grouped?.get(group);
        if (old?.length === entries.length && old.every((entry, at) => entry.doc === entries[at]!.doc))
          expect(entries).toBe(old);
      }
      grouped = groups;
    }),
  );
  return {
    check: () => {
      const expected = scratch();
      expect(seen).toEqual(expected);
      expect(counted).toBe(expected.length);
      const groups = [...new Set(expected.map(groupOf))].sort((a, b) => {
        const [x, y] = [scalar(a), scalar(b)];
        return x[0] - y[0] || (x[1] < y[1] ? -1 : 1);
      });
      expect([...grouped!]).toEqual(
        groups.map((group) => [group, expected.filter((entry) => groupOf(entry) === group)]),
      );
    },
    stop: () => subscription.unsubscribe(),
  };
};

describe('a view, whatever changes', () => {
  test('shows what filtering and sorting from scratch would, as do views of it, its count and its groups', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, item), { maxLength: 40 }),
        query,
        query,
        fc.array(change, { minLength: 1, maxLength: 25 }),
        (initial, first, second, changes) => {
          const docs = atom(DocMap.from<Item>(new Map(initial)));
          const shown = view(docs, first);
          const refined = shown.view(second);
          const scratch = (): Entries => fromScratch(entriesOf(docs.value), first);
          const all = [
            follow(shown, scratch),
            follow(refined, () => fromScratch(scratch(), second)),
            follow(view(docs, second), () => fromScratch(entriesOf(docs.value), second)),
          ];
          for (const each of all) each.check();
          changes.forEach((write, at) => {
            docs.swap(write);
            // One goes away and another comes, so that views begin at any time.
            if (at % 5 === 4) {
              all.shift()!.stop();
              all.push(follow(shown.view(second), () => fromScratch(scratch(), second)));
            }
            for (const each of all) each.check();
          });
          for (const each of all) each.stop();
          expect(docs.observed).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never shows anything but the value at hand, with writes from within its own emissions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, item), { maxLength: 20 }),
        query,
        fc.array(change, { minLength: 2, maxLength: 20 }),
        fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }),
        (initial, asked, changes, who) => {
          const docs = atom(DocMap.from<Item>(new Map(initial)));
          const shown = view(docs, asked);
          const waiting = [...changes];
          let isWritten = false;
          const seen: Entries[][] = [[], [], []];
          const listen = (index: number): void => {
            shown.subscribe((entries) => {
              // Between what was computed and what is told, only a write of somebody told earlier can lie.
              if (!isWritten) expect(entries).toEqual(fromScratch(entriesOf(docs.value), asked));
              const [write] = who.at(-waiting.length) === index ? waiting.splice(0, 1) : [];
              if (write) {
                isWritten = true;
                docs.swap(write);
              }
              seen[index]!.push(entries);
            });
          };
          for (const index of [0, 1, 2]) listen(index);
          while (waiting.length > 0) {
            isWritten = false;
            docs.swap(waiting.shift()!);
          }
          const expected = fromScratch(entriesOf(docs.value), asked);
          for (const emissions of seen) {
            expect(emissions.at(-1)).toEqual(expected);
            // In one order for all: the later ones have missed nothing that came after their first.
            expect(new Set(emissions).size).toBe(emissions.length);
            const start = seen[0]!.indexOf(emissions[0]!);
            expect(start).toBeGreaterThanOrEqual(0);
            expect(emissions).toEqual(seen[0]!.slice(start));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
