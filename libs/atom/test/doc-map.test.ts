import fc from 'fast-check';
import type { AtomError } from '../src/index';
import { DocMap } from '../src/index';

const hostile = [
  '__proto__',
  'constructor',
  'toString',
  '',
  '\u0000',
  '😀',
  '\ud800',
  'ﬀ',
  'Z',
  'a',
  'é',
  'x'.repeat(10_000),
];

describe('a doc map', () => {
  test('holds docs in the order of their keys by UTF-16 code unit', () => {
    const map = DocMap.from(hostile.map((key, i) => [key, i] as const));
    expect([...map.keys()]).toEqual([...hostile].sort());
    for (const [i, key] of hostile.entries()) expect(map.get(key)).toBe(i);
    expect(map.size).toBe(hostile.length);
    const json = map.toJSON();
    expect(Object.keys(json).sort()).toEqual([...hostile].sort());
    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect(DocMap.from(json).equals(map)).toBe(true);
  });

  test('knows no key that it was not given', () => {
    const map = DocMap.empty<number>();
    for (const key of hostile) {
      expect(map.get(key)).toBeUndefined();
      expect(map.has(key)).toBe(false);
    }
  });

  test('can be iterated again and again, also lazily', () => {
    const map = DocMap.from({ a: 1, b: 2 });
    for (const view of [map.keys(), map.values(), map.entries(), map.range('a'), map]) {
      expect([...view]).toEqual([...view]);
      expect([...view].length).toBeGreaterThan(0);
    }
  });

  test('gives the entries under a prefix', () => {
    const map = DocMap.from(['a', 'a:', 'a:1', 'a:2', 'a;', 'b'].map((key) => [key, key] as const));
    expect(Array.from(map.range('a:'), ([key]) => key)).toEqual(['a:', 'a:1', 'a:2']);
    expect([...map.range('c')]).toEqual([]);
    expect([...map.range('')]).toEqual([...map]);
  });

  test('gives one list per map', () => {
    const map = DocMap.from({ b: 2, a: 1 });
    expect(map.list).toEqual([1, 2]);
    expect(map.list).toBe(map.list);
    expect(map.with('c', 3).list).toEqual([1, 2, 3]);
  });

  test('filters, maps and visits', () => {
    const map = DocMap.from({ a: 1, b: 2, c: 3 });
    expect(map.filter((n) => n > 1).toJSON()).toEqual({ b: 2, c: 3 });
    expect(map.filter(() => true)).toBe(map);
    expect(map.map((n, key) => `${key}${n}`).toJSON()).toEqual({ a: 'a1', b: 'b2', c: 'c3' });
    const visited: unknown[] = [];
    map.forEach((doc, key, whole) => visited.push([doc, key, whole === map]));
    expect(visited).toEqual([
      [1, 'a', true],
      [2, 'b', true],
      [3, 'c', true],
    ]);
  });

  test('is never changed by its writing methods', () => {
    const map = DocMap.from({ a: 1, b: 2 });
    map.with('c', 3);
    map.without('a');
    map.update('a', (n) => n + 1);
    map.withAll({ a: 5, z: 6 });
    map.withoutAll(['a', 'b']);
    map.withChanges([{ key: 'a', after: undefined }]);
    expect(map.toJSON()).toEqual({ a: 1, b: 2 });
  });

  test('gives itself back when nothing changes', () => {
    const doc = { n: 1 };
    const map = DocMap.from({ a: doc });
    expect(map.with('a', doc)).toBe(map);
    expect(map.without('x')).toBe(map);
    expect(map.update('a', (d) => d)).toBe(map);
    expect(map.withAll({ a: doc })).toBe(map);
    expect(map.withAll([])).toBe(map);
    expect(map.withoutAll(['x'])).toBe(map);
    expect(DocMap.from(map)).toBe(map);
    expect(DocMap.from({})).toBe(DocMap.empty());
  });

  test('refuses what is no doc or no key', () => {
    const code = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return (error as AtomError).code;
      }
    };
    const map = DocMap.from({ a: 1 });
    expect(code(() => map.with('a', undefined as never))).toBe('BAD_DOC');
    expect(code(() => map.withAll({ a: undefined as never }))).toBe('BAD_DOC');
    expect(code(() => DocMap.from({ a: undefined }))).toBe('BAD_DOC');
    expect(code(() => map.with(1 as never, 1))).toBe('INVALID_KEY');
    expect(code(() => map.update('b', (n) => n))).toBe('NO_SUCH_DOC');
    expect(map.with('b', null as never).has('b')).toBe(true);
  });

  test('is compared by test matchers for what it holds', () => {
    const map = DocMap.from({ a: { n: 1 }, b: { n: 2 } });
    const other = DocMap.empty<{ n: number }>()
      .with('b', { n: 2 })
      .with('c', { n: 3 })
      .with('a', { n: 1 })
      .without('c');
    expect(map).toEqual(other);
    expect(other).toEqual(map);
    expect(map).toStrictEqual(other);
    expect({ deep: [map] }).toEqual({ deep: [other] });
    expect(map).not.toEqual(map.with('a', { n: 2 }));
    expect(map).not.toEqual(map.with('c', { n: 2 }));
    expect(map.with('c', { n: 2 })).not.toEqual(map);
    expect(map).not.toEqual(DocMap.empty());
    expect(DocMap.empty()).not.toEqual(map);
    expect(map.equals(other)).toBe(false);
    expect(map.equals(map.with('c', { n: 1 }).without('c'))).toBe(true);
  });
});

describe('in development', () => {
  test('docs are frozen all the way down when they are written', () => {
    const doc = () => ({
      deep: { list: [{ n: 1 }] },
      map: new Map([['k', { n: 1 }]]),
      set: new Set([{ n: 1 }]),
    });
    const base = DocMap.empty<ReturnType<typeof doc>>();
    const maps = [
      DocMap.from({ a: doc() }),
      base.with('a', doc()),
      base.withAll([['a', doc()]]),
      base.with('a', doc()).update('a', () => doc()),
    ];
    for (const map of maps) {
      const read = map.get('a') as ReturnType<typeof doc>;
      expect(() => (read.deep = { list: [] })).toThrow(TypeError);
      expect(() => read.deep.list.push({ n: 2 })).toThrow(TypeError);
      for (const inner of [...read.deep.list, ...read.map.values(), ...read.set])
        expect(Object.isFrozen(inner)).toBe(true);
    }
  });

  test('dates, buffers, class instances and cycles do no harm', () => {
    class Money {
      amount = 1;
    }
    const doc: Record<string, unknown> = {
      at: new Date(0),
      bytes: new Uint8Array(2),
      money: new Money(),
      fn: () => 1,
    };
    doc['self'] = doc;
    DocMap.empty<Record<string, unknown>>().with('a', doc);
    expect(Object.isFrozen(doc)).toBe(true);
    expect(Object.isFrozen(doc['money'])).toBe(false);
  });

  test('what is frozen already is not walked again', () => {
    let walked = 0;
    const inner = Object.freeze(
      new Proxy({ n: 1 }, { ownKeys: (target) => (walked++, Reflect.ownKeys(target)) }),
    );
    const before = walked;
    const map = DocMap.empty<{ inner: { n: number } }>().with('a', { inner });
    const once = walked - before;
    map.update('a', (d) => ({ ...d })).update('a', (d) => ({ ...d }));
    // Asking a proxy whether it is frozen lists its keys: once for each of the three docs, and no walk.
    expect(walked - before).toBe(once * 3);
  });

  test('docs that come the trusted way are left as they are', () => {
    const doc = { n: 1 };
    const map = DocMap.fromTrusted([['b', doc]]).withChanges([{ key: 'a', after: { n: 2 } }]);
    expect([...map.keys()]).toEqual(['a', 'b']);
    expect(map.list.some((d) => Object.isFrozen(d))).toBe(false);
  });
});

// Docs are shared objects, so that the very same doc can come back.
const docs = Array.from({ length: 6 }, (_, n) => Object.freeze({ n }));
type D = (typeof docs)[number];
const anyKey = fc.oneof(
  fc.constantFrom(...hostile.slice(0, 11)),
  fc.nat(400).map((n) => `k${n}`),
);
const anyDoc = fc.constantFrom(...docs);
const write = fc.oneof(
  fc.record({ kind: fc.constant('with' as const), key: anyKey, doc: anyDoc }),
  fc.record({ kind: fc.constant('without' as const), key: anyKey }),
  fc.record({ kind: fc.constant('update' as const), key: anyKey, doc: anyDoc }),
  fc.record({
    kind: fc.constant('withAll' as const),
    entries: fc.array(fc.tuple(anyKey, anyDoc), { maxLength: 60 }),
  }),
  fc.record({ kind: fc.constant('withoutAll' as const), keys: fc.array(anyKey, { maxLength: 60 }) }),
  fc.record({ kind: fc.constant('prefix' as const), key: fc.constantFrom('k', 'k1', 'k2', 'k33') }),
);

test('a doc map agrees with a plain sorted Map, and the difference of any two with brute force', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKey, anyDoc), { maxLength: 300 }),
      fc.array(write, { maxLength: 25 }),
      (start, writes) => {
        const versions: { map: DocMap<D>; model: Map<string, D> }[] = [
          { map: DocMap.from(start), model: new Map(start) },
        ];
        for (const w of writes) {
          const { map: before, model: old } = versions.at(-1) as (typeof versions)[number];
          const model = new Map(old);
          let map = before;
          if (w.kind === 'with') {
            map = map.with(w.key, w.doc);
            model.set(w.key, w.doc);
          } else if (w.kind === 'without') {
            map = map.without(w.key);
            model.delete(w.key);
          } else if (w.kind === 'update') {
            if (!model.has(w.key)) continue;
            map = map.update(w.key, () => w.doc);
            model.set(w.key, w.doc);
          } else if (w.kind === 'withAll') {
            map = map.withAll(w.entries);
            for (const [key, doc] of w.entries) model.set(key, doc);
          } else if (w.kind === 'withoutAll') {
            map = map.withoutAll(w.keys);
            for (const key of w.keys) model.delete(key);
          } else {
            map = map.filter((_, key) => !key.startsWith(w.key));
            for (const key of old.keys()) if (key.startsWith(w.key)) model.delete(key);
          }
          versions.push({ map, model });
        }
        const order = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
          a < b ? -1 : a > b ? 1 : 0;
        for (const { map, model } of versions) {
          const entries = [...model].sort(order);
          expect([...map]).toEqual(entries);
          expect(map.size).toBe(model.size);
          expect([...map.range('k1')]).toEqual(entries.filter(([key]) => key.startsWith('k1')));
        }
        const some = [0, Math.floor(versions.length / 2), versions.length - 2, versions.length - 1];
        for (const i of some)
          for (const j of some) {
            const [from, to] = [versions[Math.max(0, i)], versions[Math.max(0, j)]] as [
              (typeof versions)[number],
              (typeof versions)[number],
            ];
            const keys = [...new Set([...from.model.keys(), ...to.model.keys()])].sort();
            const expected = keys
              .map((key) => ({ key, before: from.model.get(key), after: to.model.get(key) }))
              .filter(({ before, after }) => before !== after);
            expect([...to.map.changesSince(from.map)]).toEqual(expected);
            // Without anything shared.
            const stranger = DocMap.from([...from.map]);
            expect([...to.map.changesSince(stranger)]).toEqual(expected);
            expect(from.map.withChanges(expected)).toEqual(to.map);
            expect(to.map.equals(from.map)).toBe(expected.length === 0);
            expect(to.map.changesWithin(from.map, expected.length)).toEqual(expected);
            if (expected.length > 0)
              expect(to.map.changesWithin(from.map, expected.length - 1)).toBeUndefined();
          }
      },
    ),
    { numRuns: 150 },
  );
});
