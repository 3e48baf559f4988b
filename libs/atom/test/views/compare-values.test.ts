import fc from 'fast-check';
import { compareValues, sortable } from '../../src/views/compare-values';

const compare = (a: unknown, b: unknown): number => Math.sign(compareValues(sortable(a), sortable(b)));

describe('the order of values', () => {
  const ascending: readonly unknown[][] = [
    [undefined, null],
    [false],
    [true],
    [NaN, new Date(NaN)],
    [-Infinity],
    [-1, -1n],
    [-0, 0, 0n, new Date(0)],
    [0.5],
    [1n, 1],
    [2n ** 53n],
    [2n ** 53n + 1n],
    [Infinity],
    [''],
    ['A'],
    ['a'],
    ['a,b', ['a', 'b']],
    ['b'],
    ['ä'],
    ['\ud83d\ude00'],
    ['\uffff'],
  ];

  test('is nothing, booleans, NaN, numbers with bigints and dates, strings by code units', () => {
    ascending.forEach((lower, i) => {
      ascending.forEach((higher, j) => {
        for (const a of lower) for (const b of higher) expect(compare(a, b)).toBe(Math.sign(i - j));
      });
    });
  });

  test('takes what has no order of its own as its text', () => {
    expect(compare({ toString: () => 'b' }, 'b')).toBe(0);
    expect(compare(Symbol('a'), 'Symbol(a)')).toBe(0);
    expect(compare({}, [])).toBe(1);
  });

  test('is total', () => {
    const any = fc.oneof(fc.anything({ withBigInt: true, withDate: true }), fc.double(), fc.bigInt());
    const texts = (value: unknown): boolean => {
      try {
        sortable(value);
        return true;
      } catch {
        return false; // an object without a prototype has no text
      }
    };
    const value = any.filter(texts);
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(compare(a, b) + compare(b, a)).toBe(0);
        expect(compare(a, a)).toBe(0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
