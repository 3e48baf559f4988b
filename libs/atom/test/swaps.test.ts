import fc from 'fast-check';
import {
  assoc,
  assocIn,
  atom,
  AtomError,
  conj,
  dec,
  defineSwap,
  disj,
  dissoc,
  dissocIn,
  DocMap,
  findSwap,
  inc,
  insertAt,
  isNamedSwap,
  merge,
  mergeIn,
  push,
  toggle,
  update,
  updateIn,
  type StandardSchemaV1,
} from '../src/index';

const codeOf = (fn: () => unknown): string | undefined => {
  try {
    fn();
  } catch (error) {
    if (error instanceof AtomError) return error.code;
    throw error;
  }
  return undefined;
};

describe('assoc, dissoc, update and merge', () => {
  test('work on doc maps', () => {
    const map = DocMap.from<{ n: number }>({ a: { n: 1 } });
    expect(assoc(map, 'b', { n: 2 }).toJSON()).toEqual({ a: { n: 1 }, b: { n: 2 } });
    expect(dissoc(map, 'a', 'x').size).toBe(0);
    expect(dissoc(map, 'x')).toBe(map);
    expect(update(map, 'a', (d) => ({ n: d.n + 1 })).get('a')).toEqual({ n: 2 });
    expect(codeOf(() => update(map, 'x', (d) => d))).toBe('NO_SUCH_DOC');
    expect(merge(map, { b: { n: 2 } }).toJSON()).toEqual({ a: { n: 1 }, b: { n: 2 } });
    expect(merge(map, DocMap.from({ c: { n: 3 } })).size).toBe(2);
  });

  test('work on plain objects', () => {
    const value: { n: number; m?: number } = { n: 1 };
    expect(assoc(value, 'm', 2)).toEqual({ n: 1, m: 2 });
    expect(assoc(value, 'n', 1)).toBe(value);
    expect(dissoc(assoc(value, 'm', 2), 'm')).toEqual({ n: 1 });
    expect(dissoc(value, 'm')).toBe(value);
    expect(update(value, 'n', inc, 5)).toEqual({ n: 6 });
    expect(merge(value, { m: 3 })).toEqual({ n: 1, m: 3 });
    expect(merge(value, {})).toBe(value);
    expect(value).toEqual({ n: 1 });
  });

  test('work on arrays, without making holes', () => {
    const list = ['a', 'b', 'c'];
    expect(assoc(list, 1, 'x')).toEqual(['a', 'x', 'c']);
    expect(assoc(list, 3, 'd')).toEqual(['a', 'b', 'c', 'd']);
    expect(codeOf(() => assoc(list, 4, 'x'))).toBe('BAD_PATH');
    expect(codeOf(() => assoc(list, -1, 'x'))).toBe('BAD_PATH');
    expect(dissoc(list, 0, 2)).toEqual(['b']);
    expect(dissoc(list, 9)).toBe(list);
    expect(update(list, 0, (s = '') => s.toUpperCase())).toEqual(['A', 'b', 'c']);
    expect(list).toEqual(['a', 'b', 'c']);
  });

  test('work on Maps', () => {
    const map = new Map([['a', 1]]);
    expect(assoc(map, 'b', 2)).toEqual(new Map([['a', 1], ['b', 2]])); // prettier-ignore
    expect(assoc(map, 'a', 1)).toBe(map);
    expect(dissoc(map, 'a')).toEqual(new Map());
    expect(update(map, 'a', (n = 0) => n + 1)).toEqual(new Map([['a', 2]]));
    expect(merge(map, new Map([['a', 5]]))).toEqual(new Map([['a', 5]]));
    expect(map).toEqual(new Map([['a', 1]]));
  });

  test('refuse what they cannot copy', () => {
    class Money {
      amount = 1;
    }
    expect(codeOf(() => assoc(new Money(), 'amount', 2))).toBe('BAD_PATH');
    expect(codeOf(() => assoc(5 as never, 'x' as never, 2 as never))).toBe('BAD_PATH');
    expect(codeOf(() => merge({ a: 1 }, 5 as never))).toBe('BAD_ARGS');
  });
});

describe('the swaps along a path', () => {
  const state = {
    profile: { name: 'Ada', tags: ['x'] } as { name: string; tags: string[]; nick?: string },
    byId: new Map([['a', { n: 1 }]]),
  };

  test('reach through all kinds of values', () => {
    expect(assocIn(state, ['profile', 'name'], 'Bob').profile.name).toBe('Bob');
    expect(updateIn(state, ['profile', 'tags'], push, 'y').profile.tags).toEqual(['x', 'y']);
    expect(mergeIn(state, ['profile'], { nick: 'b' }).profile).toEqual({
      name: 'Ada',
      tags: ['x'],
      nick: 'b',
    });
    expect(dissocIn(assocIn(state, ['profile', 'nick'], 'b'), ['profile', 'nick'])).toEqual(state);
    expect(updateIn(state, ['byId', 'a', 'n'], inc).byId.get('a')).toEqual({ n: 2 });
    expect(assocIn(DocMap.from({ k: state }), ['k', 'profile', 'name'], 'Bob').get('k')?.profile.name).toBe(
      'Bob',
    );
  });

  test('share what they do not touch, and give the same value when nothing changes', () => {
    const next = assocIn(state, ['profile', 'name'], 'Bob');
    expect(next.byId).toBe(state.byId);
    expect(assocIn(state, ['profile', 'name'], 'Ada')).toBe(state);
    expect(dissocIn(state, ['profile', 'nick'])).toBe(state);
    expect(dissocIn({} as { a?: { b?: { c: 1 } } }, ['a', 'b', 'c'])).toEqual({});
  });

  test('make missing objects, but no docs', () => {
    expect(assocIn({} as { a?: { b?: { c: number } } }, ['a', 'b', 'c'], 1)).toEqual({ a: { b: { c: 1 } } });
    expect(mergeIn({} as { a?: { b?: number } }, ['a'], { b: 1 })).toEqual({ a: { b: 1 } });
    expect(codeOf(() => assocIn(DocMap.empty<{ n: number }>(), ['k', 'n'], 1))).toBe('NO_SUCH_DOC');
    expect(codeOf(() => mergeIn(DocMap.empty<{ n: number }>(), ['k'], { n: 1 }))).toBe('NO_SUCH_DOC');
  });

  test('never pollute a prototype', () => {
    const bad = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ) as Record<string, unknown>;
    const any = assocIn as unknown as (
      value: unknown,
      path: unknown[],
      part: unknown,
    ) => Record<string, unknown>;
    const merged = merge({} as Record<string, unknown>, bad);
    expect(Object.hasOwn(merged, '__proto__')).toBe(true);
    for (const value of [
      merged,
      any({}, ['__proto__', 'polluted'], 1),
      any({}, ['constructor', 'prototype', 'polluted'], 1),
      any({ a: {} }, ['a', '__proto__', 'polluted'], 1),
      mergeIn({ a: {} } as { a: Record<string, unknown> }, ['a'], bad),
    ]) {
      expect((value as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(dissoc(merged, '__proto__', 'constructor')).toEqual({});
  });
});

describe('conj, disj, push and insertAt', () => {
  test('add to collections and take from them', () => {
    expect(conj([1], 2, 3)).toEqual([1, 2, 3]);
    expect(conj(new Set([1]), 2)).toEqual(new Set([1, 2]));
    expect(conj(new Map([['a', 1]]), ['b', 2])).toEqual(new Map([['a', 1], ['b', 2]])); // prettier-ignore
    expect(conj(DocMap.from({ a: 1 }), ['b', 2]).toJSON()).toEqual({ a: 1, b: 2 });
    expect(disj(new Set([1, 2, 3]), 2, 3)).toEqual(new Set([1]));
    expect(push(['a'], 'b', 'c')).toEqual(['a', 'b', 'c']);
    expect(insertAt(['a', 'c'], 1, 'b')).toEqual(['a', 'b', 'c']);
    expect(insertAt(['a'], 1, 'b')).toEqual(['a', 'b']);
  });

  test('give the same collection when nothing changes', () => {
    const set = new Set([1]);
    const list = [1];
    expect(conj(set, 1)).toBe(set);
    expect(disj(set, 2)).toBe(set);
    expect(conj(list)).toBe(list);
    expect(push(list)).toBe(list);
    expect(insertAt(list, 0)).toBe(list);
  });

  test('refuse what they cannot do', () => {
    expect(codeOf(() => conj(5, 1 as never))).toBe('BAD_ARGS');
    expect(codeOf(() => disj([1] as never, 1 as never))).toBe('BAD_ARGS');
    for (const index of [-1, 3, 0.5, NaN])
      expect(codeOf(() => insertAt(['a', 'b'], index, 'x'))).toBe('BAD_ARGS');
  });
});

test('inc, dec and toggle do what they say', () => {
  expect([inc(1), inc(1, 5), dec(1), dec(1, 5), toggle(true), toggle(false)]).toEqual([
    2,
    6,
    0,
    -4,
    false,
    true,
  ]);
});

test('the shipped swaps work through an atom and leave the old value as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), fc.string(), fc.integer(), (start, key, n) => {
      const before = structuredClone(start);
      const plain = atom<Record<string, number>>(start);
      const docs = atom(DocMap.from(start));
      const map = atom(new Map(Object.entries(start)));
      const expected = new Map(Object.entries(start)).set(key, n);
      plain.swap(assoc, key, n);
      docs.swap(assoc, key, n);
      map.swap(assoc, key, n);
      expect(new Map(Object.entries(plain.value))).toEqual(expected);
      expect(new Map(docs.value)).toEqual(expected);
      expect(map.value).toEqual(expected);
      plain.swap(dissoc, key);
      expect(Object.hasOwn(plain.value, key)).toBe(false);
      expect(start).toEqual(before);
    }),
  );
});

describe('a named swap', () => {
  test('is called as the plain function is, and carries its name', () => {
    const scale = defineSwap('test:scale', (x: number, by: number) => x * by);
    expect(scale(2, 3)).toBe(6);
    expect(isNamedSwap(scale) && scale.swapName).toBe('test:scale');
    expect(scale.name).toBe('test:scale');
    expect(findSwap('test:scale')).toBe(scale);
    expect(findSwap('test:unknown')).toBeUndefined();
    expect(findSwap('assoc')).toBe(assoc);
    expect(findSwap('__proto__')).toBeUndefined();
    expect(isNamedSwap((x: number) => x)).toBe(false);
  });

  test('defined again with the same function is the same swap; another function is refused', () => {
    const double = (x: number): number => x * 2;
    const first = defineSwap('test:double', double);
    expect(defineSwap('test:double', double)).toBe(first);
    expect(codeOf(() => defineSwap('test:double', (x: number) => x * 2))).toBe('SWAP_NAME_TAKEN');
    const replaced = defineSwap('test:double', (x: number) => x * 2, { replace: true });
    expect(findSwap('test:double')).toBe(replaced);
  });

  test('names the docs it touches', () => {
    const transfer = defineSwap(
      'test:transfer',
      (accounts: DocMap<number>, from: string, to: string, sum: number) =>
        accounts.update(from, dec).update(to, (n) => n + sum),
      { keys: (from, to) => [from, to] },
    );
    expect(isNamedSwap(transfer) && transfer.swapKeys?.(...(['a', 'b', 1] as never))).toEqual(['a', 'b']);
  });

  test('judges its arguments by a schema', () => {
    const numbers: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          (value as unknown[]).every((v) => typeof v === 'number')
            ? { value }
            : { issues: [{ message: 'numbers, please' }] },
      },
    };
    const add = defineSwap('test:add', (x: number, by: number) => x + by, { args: numbers });
    expect(add(1, 2)).toBe(3);
    expect(() => add(1, '2' as never)).toThrow(/test:add.*numbers, please/);
    const n = atom(1);
    expect(codeOf(() => n.swap(add, 'x' as never))).toBe('BAD_ARGS');
    expect(n.value).toBe(1);
  });
});
