import { keyword } from '@atomsync/protocol';
import { diffLines, pathText } from '../src/output/diff-lines';
import { plain } from '../src/output/paint';

const diff = (before: unknown, after: unknown, width?: number) =>
  diffLines({ key: 'k', before, after }, plain, width);

it.each<[string, unknown, unknown, readonly string[]]>([
  ['a new doc', undefined, { a: 1 }, ['+ k  {"a":1}']],
  ['a deleted doc', [1], undefined, ['- k  [1]']],
  ['a doc of another kind', 1, { a: 1 }, ['- k  1', '+ k  {"a":1}']],
  ['a field', { a: 1, b: 2 }, { a: 1, b: 3 }, ['~ k', '    b  2 → 3']],
  ['fields that come and go', { a: 1 }, { bb: 2 }, ['~ k', '    a   - 1', '    bb  + 2']],
  ['a field within', { a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, ['~ k', '    a.b.c  1 → 2']],
  ['an array, which is one field', { a: [1] }, { a: [1, 2] }, ['~ k', '    a  [1] → [1,2]']],
  [
    'members of a set',
    { s: new Set([keyword('x')]) },
    { s: new Set([keyword('y')]) },
    ['~ k', '    s  - {"$keyword":"x"}', '    s  + {"$keyword":"y"}'],
  ],
  [
    'an entry of a Map',
    { m: new Map([[1, 'a']]) },
    { m: new Map([[1, 'b']]) },
    ['~ k', '    m[1]  "a" → "b"'],
  ],
])('shows %s', (_what, before, after, lines) => {
  expect(diff(before, after)).toEqual(lines);
});

it('cuts what is wider than the terminal', () => {
  const [line] = diff(undefined, 'x'.repeat(200), 40);
  expect(line).toHaveLength(40);
  expect(line).toMatch(/…$/);
});

it('writes paths as code would', () => {
  const object = (key: string) => ({ in: 'object', key }) as const;
  expect(pathText([object('a'), object('b c'), { in: 'map', key: new Date(0) }, object('d')])).toBe(
    'a["b c"][{"$date":0}].d',
  );
});
