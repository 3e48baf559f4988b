import {
  applyFieldEdits,
  applyPatch,
  composePatch,
  decodePatch,
  diff,
  encodePatch,
  fieldEdits,
} from '../src/index';
test('patch smoke', () => {
  const a = {
    x: 1,
    l: [1, 2, { p: 1, q: 2 }, 4],
    m: new Map<unknown, unknown>([
      [1, { a: 1 }],
      ['z', 2],
    ]),
    s: new Set([1, 2]),
  };
  const b = {
    l: [1, { p: 3, q: 2 }, 4, 5],
    m: new Map<unknown, unknown>([
      [1, { a: 2 }],
      ['y', 2],
    ]),
    s: new Set([2, 3]),
    n: null,
  };
  const p = diff(a, b)!;
  expect(applyPatch(p, a)).toEqual(b);
  expect(decodePatch(encodePatch(p))).toEqual(p);
  expect(applyPatch(composePatch(p, diff(b, a)!), a)).toEqual(a);
  expect(applyFieldEdits(fieldEdits(a, b), a)).toEqual(b);
});
