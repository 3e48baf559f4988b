import * as fc from 'fast-check';
import {
  applyPatch,
  bodiesEqual,
  composePatch,
  decodePatch,
  diff,
  encodeBody,
  encodePatch,
  type Patch,
  valuesEqual,
} from '../src/index';
import { carryable, carryablePair } from './arbitrary';
import { codeOf } from './codes';

const patched = (patch: Patch | undefined, value: unknown): unknown =>
  patch ? applyPatch(patch, value) : value;

describe('a patch', () => {
  test('makes the second value of the first, also after the wire', () => {
    fc.assert(
      fc.property(carryablePair(), ([before, after]) => {
        const patch = diff(before, after);
        const kept = encodeBody(before);
        const result = patched(patch, before);
        expect(valuesEqual(result, after)).toBe(true);
        expect(bodiesEqual(encodeBody(before), kept)).toBe(true);
        if (patch) expect(valuesEqual(patched(decodePatch(encodePatch(patch)), before), after)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('is undefined exactly between equal values', () => {
    fc.assert(
      fc.property(carryablePair(), ([a, b]) => {
        expect(diff(a, b) === undefined).toBe(valuesEqual(a, b));
        expect(diff(a, a)).toBeUndefined();
      }),
    );
  });

  test('composes: one patch for two in a row, and three in either grouping', () => {
    const chain = carryablePair({ depth: 2 }).chain(([a, b]) =>
      fc.tuple(
        fc.constant(a),
        fc.constant(b),
        carryablePair({ depth: 2 }).map(([, x]) => x),
        carryable({ depth: 2 }),
      ),
    );
    const edited = fc
      .tuple(fc.array(carryable({ depth: 1 }), { maxLength: 6 }), fc.func(fc.nat(9)), fc.func(fc.nat(9)))
      .map(([list, f, g]) => {
        const turn = (items: readonly unknown[], pick: (i: number, x: string) => number): unknown[] =>
          items.flatMap((item, i) => {
            const choice = pick(i, String(i));
            return choice < 2 ? [] : choice < 4 ? [item, { i }] : choice < 6 ? [{ was: [item] }] : [item];
          });
        const second = turn(list, f as never);
        const third = turn(second, g as never);
        return [list, second, third, turn(third, f as never)] as const;
      });
    fc.assert(
      fc.property(fc.oneof(chain, edited), ([a, b, c, d]) => {
        const ab = diff(a, b);
        const bc = diff(b, c);
        const cd = diff(c, d);
        if (!ab || !bc || !cd) return;
        const ac = composePatch(ab, bc);
        expect(valuesEqual(applyPatch(ac, a), c)).toBe(true);
        expect(valuesEqual(applyPatch(composePatch(ac, cd), a), d)).toBe(true);
        expect(valuesEqual(applyPatch(composePatch(ab, composePatch(bc, cd)), a), d)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps the parts it does not touch the same objects', () => {
    const before = { a: { deep: [1] }, b: [{ x: 1 }, { y: 1 }], m: new Map([['k', { z: 1 }]]) };
    const after = applyPatch(diff(before, { ...before, b: [{ x: 1 }, { y: 2 }] })!, before) as typeof before;
    expect(after.b[1]).toEqual({ y: 2 });
    expect(after.a).toBe(before.a);
    expect(after.m).toBe(before.m);
    expect(after.b[0]).toBe(before.b[0]);
  });

  test('goes by key, member and item', () => {
    expect(diff({ a: 1, b: 2, c: { d: 1 } }, { a: 1, c: { d: 2 }, e: 3 })).toEqual({
      kind: 'object',
      changes: [
        ['b', null],
        ['c', { kind: 'object', changes: [['d', { kind: 'replace', value: 2 }]] }],
        ['e', { kind: 'replace', value: 3 }],
      ],
    });
    expect(diff(new Set([1, 2]), new Set([2, 3]))).toEqual({ kind: 'set', remove: [1], add: [3] });
    expect(diff([1, 2, 3, 4], [1, 2, 9, 3, 4])).toEqual({
      kind: 'array',
      steps: [2, { kind: 'insert', items: [9] }, 2],
    });
    expect(diff([{ a: 1 }, 2, 3], [{ a: 2 }, 2])).toEqual({
      kind: 'array',
      steps: [{ kind: 'object', changes: [['a', { kind: 'replace', value: 2 }]] }, 1, -1],
    });
    expect(diff(new Map([[1, 'a']]), new Map([[1n, 'a']]))).toEqual({
      kind: 'map',
      changes: [
        [1, null],
        [1n, { kind: 'replace', value: 'a' }],
      ],
    });
  });

  test('sets hostile keys as own keys', () => {
    const hostile = Object.fromEntries([['__proto__', { polluted: 1 }]]);
    const after = applyPatch(diff({}, hostile)!, {}) as object;
    expect(Object.keys(after)).toEqual(['__proto__']);
    expect(applyPatch(diff(hostile, {})!, hostile)).toEqual({});
    const deeper = Object.fromEntries([['__proto__', { polluted: 2 }]]);
    expect(Object.keys(applyPatch(diff(hostile, deeper)!, hostile) as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each<[string, Patch, unknown]>([
    ['another kind of value', diff({ a: 1 }, { a: 2 })!, [1]],
    ['a missing value to change', diff({ a: { b: 1 } }, { a: { b: 2 } })!, {}],
    ['a missing Map key to change', diff(new Map([[1, [1]]]), new Map([[1, [2]]]))!, new Map()],
    ['a shorter array', diff([1, 2, 3], [1, 2, 4])!, [1, 2]],
    ['a longer array', diff([1, 2, 3], [1, 2, 4])!, [1, 2, 3, 4]],
  ])('does not fit %s', (_, patch, value) => {
    expect(codeOf(() => applyPatch(patch, value))).toBe('PATCH_MISMATCH');
  });

  test.each<[string, Patch, Patch]>([
    ['kinds', diff({ a: 1 }, {})!, diff([1], [])!],
    ['a change of what is gone', diff({ a: [1] }, {})!, diff({ a: [1] }, { a: [2] })!],
    ['more items than there are', diff([1, 2], [1])!, diff([1, 2], [1, 3])!],
    ['fewer items than there are', diff([1], [1, 2])!, diff([1], [2])!],
  ])('cannot follow another that leaves other %s', (_, first, second) => {
    expect(codeOf(() => composePatch(first, second))).toBe('PATCH_MISMATCH');
  });

  test.each<[string, unknown]>([
    ['no array', 1],
    ['an empty array', []],
    ['an unknown kind', [9, 1]],
    ['a replacement without a value', [0]],
    ['an odd number of keys and patches', [1, 'a']],
    ['a key that is no text', [1, 1, null]],
    ['a Set without its arrays', [3, [1]]],
    ['a step of nothing', [4, 0]],
    ['a broken step', [4, 1.5]],
    ['a patch that is none', [1, 'a', 7]],
  ])('is refused off the wire: %s', (_, wire) => {
    expect(codeOf(() => decodePatch(encodeBody(wire)))).toBe('MALFORMED');
  });

  test('of the deepest value fits the limit', () => {
    const nested = (depth: number, leaf: unknown): unknown =>
      depth === 0 ? leaf : [nested(depth - 1, leaf)];
    const nestedObject = (depth: number, leaf: unknown): unknown =>
      depth === 0 ? leaf : { a: nestedObject(depth - 1, leaf) };
    for (const build of [nested, nestedObject]) {
      const before = build(100, 1);
      const after = build(100, 2);
      expect(valuesEqual(applyPatch(decodePatch(encodePatch(diff(before, after)!)), before), after)).toBe(
        true,
      );
      expect(applyPatch(decodePatch(encodePatch(diff([], [build(99, 1)])!)), [])).toEqual([build(99, 1)]);
      expect(
        applyPatch(decodePatch(encodePatch(diff(new Set(), new Set([build(99, 1)]))!)), new Set()),
      ).toBeDefined();
    }
  });

  test('of one change in a large doc is small', () => {
    const doc = { title: 'x', items: Array.from({ length: 500 }, (_, i) => ({ id: i, done: false })) };
    const items = doc.items.with(250, { id: 250, done: true });
    expect(encodePatch(diff(doc, { ...doc, items })!).length).toBeLessThan(40);
  });
});
