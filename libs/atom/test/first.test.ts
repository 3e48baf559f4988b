import { AtomError, atom, DocMap } from '../src/index';

test('swap', () => {
  const n = atom(0);
  const seen: number[] = [];
  n.subscribe((v) => {
    seen.push(v);
    if (v === 1) n.swap((x) => x + 1);
  });
  const seen2: number[] = [];
  n.subscribe((v) => seen2.push(v));
  expect(n.swap((x, by) => x + by, 1)).toBe(1);
  expect(seen).toEqual([0, 1, 2]);
  expect(seen2).toEqual([0, 1, 2]);
  expect(n.value).toBe(2);
});

test('cursor', () => {
  const todos = atom(DocMap.from({ a: { text: 'x', done: false } }));
  const done = todos.at('a', 'done');
  const seen: unknown[] = [];
  done.subscribe((v) => seen.push(v));
  todos.at('a').swap((t) => ({ ...t, done: true }));
  expect(seen).toEqual([false, true]);
  expect(() => todos.at('b').swap((t) => t)).toThrow(AtomError);
  expect(todos.at('b', { default: { text: '', done: false } }).swap((t) => ({ ...t, text: 'q' }))).toEqual({
    text: 'q',
    done: false,
  });
  expect([...todos.value.changesSince(DocMap.empty())].map((c) => c.key)).toEqual(['a', 'b']);
  expect(todos.value).toEqual(DocMap.from({ b: { text: 'q', done: false }, a: { text: 'x', done: true } }));
  expect(todos.value).not.toEqual(
    DocMap.from({ b: { text: 'q', done: false }, a: { text: 'x', done: false } }),
  );
});
