import * as fc from 'fast-check';
import { bodiesEqual, canonicalBytes, decodeBody, encodeBody, valuesEqual } from '../src/index';
import { carryable, carryablePair } from './arbitrary';
import { hex } from './codes';

describe('the canonical form', () => {
  test('is the same for the same contents in any order', () => {
    const a = {
      x: 1,
      y: new Map([
        ['p', 1],
        ['q', 2],
      ]),
      z: new Set([3, 'a', { k: 1, l: 2 }]),
    };
    const b = {
      z: new Set([{ l: 2, k: 1 }, 'a', 3]),
      y: new Map([
        ['q', 2],
        ['p', 1],
      ]),
      x: 1,
    };
    expect(hex(canonicalBytes(a))).toBe(hex(canonicalBytes(b)));
    expect(hex(encodeBody(a))).not.toBe(hex(encodeBody(b)));
  });

  test('is the order of the encoded bytes', () => {
    expect(hex(canonicalBytes({ b: 1, aa: 2, '': 3 }))).toBe('a36003616201626161' + '02');
  });

  test('can be decoded, and is its own canonical form', () => {
    fc.assert(
      fc.property(carryable(), (value) => {
        const bytes = canonicalBytes(value);
        expect(valuesEqual(decodeBody(bytes), value)).toBe(true);
        expect(hex(canonicalBytes(decodeBody(bytes)))).toBe(hex(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('is equal exactly when the values are', () => {
    fc.assert(
      fc.property(carryablePair(), ([a, b]) => {
        expect(bodiesEqual(canonicalBytes(a), canonicalBytes(b))).toBe(valuesEqual(a, b));
      }),
      { numRuns: 500 },
    );
  });
});

describe('equality of values', () => {
  test.each<[unknown, unknown]>([
    [0, -0],
    [1, 1n],
    ['1', 1],
    [null, undefined],
    [{}, { a: undefined }],
    [{}, new Map()],
    [[], new Set()],
    [[undefined], [null]],
    [new Date(1), 1],
    [new Date(1), new Date(2)],
    [new Uint8Array([1]), [1]],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Map([[1, 'a']]), new Map([['1', 'a']])],
    [{ a: 1 }, { b: 1 }],
  ])('%p is not %p', (a, b) => {
    expect(valuesEqual(a, b)).toBe(false);
  });

  test('goes by content', () => {
    expect(valuesEqual(NaN, NaN)).toBe(true);
    expect(valuesEqual(new Date(NaN), new Date(NaN))).toBe(true);
    expect(valuesEqual(new Set([[1], [2]]), new Set([[2], [1]]))).toBe(true);
    expect(valuesEqual(new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]]))).toBe(true);
  });
});
