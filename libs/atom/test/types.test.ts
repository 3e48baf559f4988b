import { of } from 'rxjs';
import type { DocMap } from '../src/index';
import {
  assoc,
  assocIn,
  atom,
  conj,
  dec,
  defineSwap,
  disj,
  dissoc,
  dissocIn,
  inc,
  insertAt,
  merge,
  mergeIn,
  push,
  reset,
  swap,
  toggle,
  update,
  updateIn,
  type Atom,
  type Cursor,
  type DeepReadonly,
} from '../src/index';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => undefined;

interface Todo {
  text: string;
  done: boolean;
  tags: string[];
  votes: number;
  due?: Date;
}
interface User {
  nick?: string;
  tags: string[];
  roles: Set<string>;
  scores: Map<string, number>;
  profile: { name: string; address?: { city: string } };
  friends: { id: number }[];
}

// Compiled, never run: what is under test is that it type-checks.
const compiled = (
  todos: Atom<DocMap<Todo>>,
  n: Atom<number>,
  user: Atom<User>,
  counts: Atom<DocMap<number>>,
): void => {
  const todo: Todo = { text: 'x', done: false, tags: [], votes: 0 };

  // swap
  n.swap((x) => x + 1);
  n.swap((x, by) => x + by, 5);
  n.swap(inc);
  n.swap(inc, 5);
  n.swap(dec);
  // @ts-expect-error the function must give a number
  n.swap((x) => String(x));
  // @ts-expect-error by is a number
  n.swap(inc, 'x');
  // @ts-expect-error of the value's type
  n.reset('x');
  // @ts-expect-error of the value's type
  n.compareAndSet(1, 'x');
  user.swap((u, tags) => ({ ...u, tags }), ['a']);

  // doc maps
  todos.swap(assoc, 'todo:1', todo);
  todos.swap(assoc, 'todo:1', { text: 'Buy milk', done: false, tags: ['a'], votes: 0 });
  todos.swap((m) => m.with('a', todo).without('b'));
  todos.swap((m) => m.update('a', (t) => ({ ...t, done: true })));
  todos.swap(update, 'todo:1', (t) => ({ ...t, done: true }));
  todos.swap(update, 'todo:1', merge, { done: true });
  todos.swap(dissoc, 'todo:1', 'todo:2');
  todos.swap(merge, { 'todo:1': todo });
  todos.swap(assocIn, ['todo:1', 'done'], true);
  todos.swap(updateIn, ['todo:1', 'votes'], inc, 2);
  todos.swap(updateIn, ['todo:1', 'tags'], push, 'x');
  todos.swap(mergeIn, ['todo:1'], { done: true });
  todos.swap(dissocIn, ['todo:1', 'due']);
  counts.swap(update, 'k', inc);
  counts.swap(update, 'k', inc, 5);
  // @ts-expect-error not a Todo
  todos.swap(assoc, 'todo:1', { text: 'Buy milk' });
  // @ts-expect-error not a Todo
  todos.swap((m) => m.with('a', { text: 'x' }));
  // @ts-expect-error keys are strings
  todos.swap(assoc, 5, todo);
  // @ts-expect-error done is a boolean
  todos.swap(assocIn, ['todo:1', 'done'], 5);
  // @ts-expect-error no such property
  todos.swap(assocIn, ['todo:1', 'nope'], 5);
  // @ts-expect-error text is not a number
  todos.swap(updateIn, ['todo:1', 'text'], inc);
  // @ts-expect-error done is a boolean
  todos.swap(mergeIn, ['todo:1'], { done: 5 });
  // @ts-expect-error no such property
  todos.swap(dissocIn, ['todo:1', 'nope']);
  // @ts-expect-error docs are read-only
  todos.swap((m) => ((m.get('a') as DeepReadonly<Todo>).done = true) && m);
  // @ts-expect-error all the way down
  todos.value.get('a')?.tags.push('x');

  // objects, arrays, Maps, Sets
  user.swap(assoc, 'nick', 'x');
  user.swap(assoc, 'tags', ['x']);
  user.swap(update, 'tags', conj, 'x');
  user.swap(update, 'tags', insertAt, 0, 'x');
  user.swap(update, 'roles', conj, 'x');
  user.swap(update, 'roles', disj, 'x');
  user.swap(update, 'scores', assoc, 'k', 5);
  user.swap(assocIn, ['profile', 'address', 'city'], 'Bern');
  user.swap(assocIn, ['friends', 0, 'id'], 7);
  user.swap(updateIn, ['profile', 'name'], (name: string) => name.trim());
  user.swap(merge, { nick: 'x' });
  // @ts-expect-error no such property
  user.swap(assoc, 'nope', 1);
  // @ts-expect-error not a string
  user.swap(assoc, 'nick', 5);
  // @ts-expect-error not a string
  user.swap(update, 'tags', conj, 5);
  // @ts-expect-error not a number
  user.swap(assocIn, ['friends', 0, 'id'], '7');
  // @ts-expect-error no such property
  user.swap(merge, { nope: 5 });

  // cursors
  same<typeof doc, Cursor<DeepReadonly<Todo> | undefined, DeepReadonly<Todo>, DeepReadonly<Todo>>>(true);
  const doc = todos.at('a');
  doc.swap((t) => ({ ...t, done: true }));
  doc.swap(assoc, 'done', true);
  doc.swap(merge, { done: true });
  doc.reset(todo);
  doc.at('done').swap(toggle);
  doc.at('votes').swap(inc, 2);
  same<typeof doc.value, DeepReadonly<Todo> | undefined>(true);
  const withDefault = counts.at('k', { default: 0 });
  same<typeof withDefault.value, number>(true);
  withDefault.swap(inc);
  const name = user.at('profile', 'name');
  same<typeof name.value, string>(true);
  const city = user.at('profile', 'address', 'city');
  same<typeof city.value, string | undefined>(true);
  const score = user.at('scores', 'k');
  same<typeof score.value, number | undefined>(true);
  user.at('scores', 'k', { default: 0 }).swap(inc);
  const friend = user.at('friends', 0, 'id');
  same<typeof friend.value, number | undefined>(true);
  // @ts-expect-error a doc is never undefined
  doc.reset(undefined);
  // @ts-expect-error no such property
  user.at('nope');
  // @ts-expect-error no such property
  doc.at('nope');
  // @ts-expect-error an absent score is no number
  user.at('scores', 'k').swap(inc);
  // @ts-expect-error an index is a number
  user.at('friends', 'x');
  // @ts-expect-error a number it is
  counts.at('k', { default: 'x' });

  // operators
  of(1, 2)
    .pipe(swap(n, (x, by) => x + by))
    .subscribe((v) => same<typeof v, number>(true));
  of('a')
    .pipe(reset(name))
    .subscribe((v) => same<typeof v, string>(true));
  of('a')
    .pipe(swap(doc, (t, text) => ({ ...t, text })))
    .subscribe();
  of(1, 2).pipe(reset(n)).subscribe(n);
  of('a').subscribe(name);
  // @ts-expect-error not a number
  of('a').pipe(reset(n));
  // @ts-expect-error not a number
  of(1).pipe(swap(n, (x, by) => String(x + by)));

  // named swaps
  const scale = defineSwap('types:scale', (x: number, by: number) => x * by);
  n.swap(scale, 2);
  // @ts-expect-error by is missing
  n.swap(scale);
  defineSwap(
    'types:transfer',
    (m: DocMap<number>, from: string, to: string) => m.update(from, dec).update(to, inc),
    {
      keys: (from, to) => [from, to],
    },
  );
  defineSwap('types:transfer', (m: DocMap<number>, from: string) => m.update(from, dec), {
    // @ts-expect-error keys are strings
    keys: (from) => [from.length],
  });
};

// Within generic code, as an atom of a library has it.
const generic = <D>(docs: Atom<DocMap<D>>, doc: D, key: string): void => {
  docs.swap((m) => m.with(key, doc).without('x'));
  docs.swap((m, d) => m.with(key, d), doc as D & {});
  const cursor = docs.at(key);
  same<typeof cursor.value, DeepReadonly<D> | undefined>(true);
  cursor.swap((d) => d);
  docs.value.get(key);
  docs.value.withAll([[key, doc]]);
};

test('what should compile compiles, what should not does not', () => {
  expect([compiled, generic]).toHaveLength(2);
});
