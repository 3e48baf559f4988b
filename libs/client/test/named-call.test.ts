import { assoc, defineSwap, DocMap, dissoc, inc, update, type Write } from '@atomsync/atom';
import { namedCall, reviveCall, runner } from '../src/named-call';

const write = (fn: unknown, args: readonly unknown[] = [], parts: Partial<Write> = {}): Write =>
  ({ kind: 'swap', path: [], fn, args, ...parts }) as Write;

const move = defineSwap(
  'test.move',
  (docs: DocMap<number>, from: string, to: string) => docs.without(from).with(to, 1),
  {
    keys: (from, to) => [from, to],
  },
);

describe('namedCall', () => {
  const docs = DocMap.from({ a: 1, b: 2 });

  it.each<[string, Write, DocMap<number>]>([
    ['a swap of the whole atom', write(assoc, ['c', 3]), docs.with('c', 3)],
    ['several arguments', write(dissoc, ['a', 'b']), DocMap.empty()],
    ['a swap through a cursor', write(inc, [5], { path: ['a'] }), docs.with('a', 6)],
    [
      'a swap through a cursor with a default',
      write(inc, [], { path: ['c'], defaults: [{ depth: 1, value: 40 }] }),
      docs.with('c', 41),
    ],
    ['a named swap as an argument', write(update, ['b', inc, 7]), docs.with('b', 9)],
  ])('keeps %s, and reviveCall runs it again', (_, original, expected) => {
    const named = namedCall(original)!;
    const revived = reviveCall(named.call)!;
    expect(runner<DocMap<number>>(revived)(docs)).toEqual(expected);
  });

  it.each<[string, Write, readonly string[] | undefined]>([
    ['the doc of its cursor', write(inc, [], { path: ['a'] }), ['a']],
    ['the doc its cursor leads into', write(inc, [], { path: ['a', 'count'] }), ['a']],
    ['the docs its definition names', write(move, ['a', 'b']), ['a', 'b']],
    ['nothing that can be told', write(update, ['a', inc]), undefined],
  ])('is scoped to %s', (_, original, scope) => {
    expect(namedCall(original)?.scope).toEqual(scope);
  });

  it.each<[string, Write]>([
    ['a plain function', write((x: number) => x)],
    ['a reset', { kind: 'reset', path: [], value: 1 }],
    ['a plain function as an argument', write(update, ['a', (x: number) => x])],
    ['an argument that cannot be carried', write(assoc, ['a', new WeakMap()])],
  ])('is nothing for %s', (_, original) => {
    expect(namedCall(original)).toBeUndefined();
  });
});

describe('reviveCall', () => {
  it('is nothing for a swap this program does not know', () => {
    const { call } = namedCall(write(inc))!;
    expect(reviveCall({ ...call, name: 'test.gone' })).toBeUndefined();
  });
});
