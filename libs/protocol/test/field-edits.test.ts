import * as fc from 'fast-check';
import {
  applyFieldEdits,
  bodiesEqual,
  encodeBody,
  fieldEdits,
  type PathStep,
  pathKey,
  pathsMeet,
  valuesEqual,
} from '../src/index';
import { carryable, carryablePair } from './arbitrary';
import { codeOf } from './codes';

const at = (...keys: string[]): PathStep[] => keys.map((key) => ({ in: 'object', key }));

describe('the edits between two values', () => {
  test('make the second of the first, in any order', () => {
    fc.assert(
      fc.property(carryablePair(), fc.nat(), ([before, after], seed) => {
        const edits = fieldEdits(before, after);
        const kept = encodeBody(before);
        expect(valuesEqual(applyFieldEdits(edits, before), after)).toBe(true);
        const turned = [
          ...edits.slice(seed % (edits.length + 1)),
          ...edits.slice(0, seed % (edits.length + 1)),
        ];
        expect(valuesEqual(applyFieldEdits(turned, before), after)).toBe(true);
        expect(bodiesEqual(encodeBody(before), kept)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('name each field once, and none within another', () => {
    fc.assert(
      fc.property(carryablePair(), ([before, after]) => {
        const edits = fieldEdits(before, after);
        for (const [i, one] of edits.entries()) {
          for (const other of edits.slice(i + 1)) expect(pathsMeet(one.path, other.path)).toBe(false);
        }
        expect(new Set(edits.map(({ path }) => pathKey(path))).size).toBe(edits.length);
      }),
      { numRuns: 500 },
    );
  });

  test('of two sides that touch different fields merge in either order to the same', () => {
    const base = { title: 'a', tags: new Set(['x']), meta: new Map([['n', 1]]), list: [1] };
    const mine = {
      ...base,
      title: 'b',
      tags: new Set(['x', 'y']),
      meta: new Map([
        ['n', 1],
        ['m', 2],
      ]),
    };
    const theirs = { ...base, tags: new Set<string>(), list: [1, 2], meta: new Map([['n', 5]]) };
    const merged = {
      title: 'b',
      tags: new Set(['y']),
      meta: new Map([
        ['n', 5],
        ['m', 2],
      ]),
      list: [1, 2],
    };
    expect(applyFieldEdits(fieldEdits(base, mine), theirs)).toEqual(merged);
    expect(applyFieldEdits(fieldEdits(base, theirs), mine)).toEqual(merged);
  });

  test('say what the field was and is', () => {
    expect(
      fieldEdits({ a: { b: 1, c: 2 }, s: new Set([1]) }, { a: { b: undefined, d: [3] }, s: new Set([2]) }),
    ).toEqual([
      { path: at('a', 'c'), kind: 'delete', before: 2 },
      { path: at('a', 'b'), kind: 'set', before: 1, after: undefined },
      { path: at('a', 'd'), kind: 'set', after: [3] },
      { path: [...at('s'), { in: 'set', member: 1 }], kind: 'remove-member' },
      { path: [...at('s'), { in: 'set', member: 2 }], kind: 'add-member' },
    ]);
    expect(fieldEdits([1], [2])).toEqual([{ path: [], kind: 'set', before: [1], after: [2] }]);
    expect(fieldEdits({ a: 1 }, { a: 1 })).toEqual([]);
  });

  test('do not fit where the way is gone or of another kind', () => {
    const edits = fieldEdits({ a: { b: 1 } }, { a: { b: 2 } });
    expect(codeOf(() => applyFieldEdits(edits, {}))).toBe('PATCH_MISMATCH');
    expect(codeOf(() => applyFieldEdits(edits, { a: 5 }))).toBe('PATCH_MISMATCH');
    expect(codeOf(() => applyFieldEdits(edits, undefined))).toBe('PATCH_MISMATCH');
    expect(codeOf(() => applyFieldEdits(fieldEdits(new Set(), new Set([1])), []))).toBe('PATCH_MISMATCH');
  });

  test('that delete what is gone, or add what is there, change nothing', () => {
    expect(
      applyFieldEdits(fieldEdits({ a: 1, s: new Set([1]) }, { s: new Set([2]) }), { s: new Set([2]) }),
    ).toEqual({ s: new Set([2]) });
  });

  test('that follow each other on one field end with the last', () => {
    const edits = [
      { path: at('a', 'b'), kind: 'set', after: 1 },
      { path: at('a'), kind: 'delete' },
      { path: at('a'), kind: 'set', after: { c: 1 } },
      { path: at('a', 'd'), kind: 'set', after: 2 },
    ] as const;
    expect(applyFieldEdits(edits, { a: { b: 0 } })).toEqual({ a: { c: 1, d: 2 } });
    expect(applyFieldEdits(edits.slice(0, 2), { a: { b: 0 } })).toEqual({});
  });
});

describe('the key of a path', () => {
  test('is the same exactly for the same path', () => {
    const step = fc.oneof(
      fc.string({ unit: 'binary' }).map((key): PathStep => ({ in: 'object', key })),
      carryable({ depth: 1 }).map((key): PathStep => ({ in: 'map', key })),
      carryable({ depth: 1 }).map((member): PathStep => ({ in: 'set', member })),
    );
    const path = fc.array(step, { maxLength: 3 });
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(pathKey(a) === pathKey(b)).toBe(a.length === b.length && pathsMeet(a, b));
      }),
    );
    const spellings: PathStep[] = ['1', 1, 1n, true, 'true', null, 'null', undefined, 'undefined'].map(
      (key) => ({ in: 'map', key }),
    );
    expect(new Set(spellings.map((one) => pathKey([one]))).size).toBe(spellings.length);
    expect(pathKey(at('a', 'b'))).not.toBe(pathKey(at('a\0ob')));
    expect(pathKey([{ in: 'map', key: -0 }])).toBe(pathKey([{ in: 'map', key: 0 }]));
  });
});
