import type { Observable } from 'rxjs';
import { atom, DocMap, view, type Doc, type View, type ViewEntry, type ViewQuery } from '../../src/index';

interface Todo {
  text: string;
  done: boolean;
  due?: Date;
  rank?: number | null;
  tags: Set<string>;
  at: { lat: number };
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same. */
const same = <A, B>(_: Same<A, B>): void => undefined;
/** Holds what only has to compile, and must not run. */
const compile = (_: () => unknown): void => undefined;

const todos = atom(DocMap.empty<Todo>());

describe('the types of a view', () => {
  test('follow from the source', () => {
    compile(() => {
      const open = view(todos, { where: (todo, key: string) => !todo.done && key !== '', limit: 2 });
      same<typeof open, View<Todo>>(true);
      const nested = view(atom({ todos: DocMap.empty<Todo>() }).at('todos'));
      same<typeof nested, View<Todo>>(true);
      const numbers = view(atom(DocMap.from({ a: 1 })), { where: (n) => n > 1, sortBy: (n) => -n });
      same<typeof numbers, View<number>>(true);
      const either = view(todos as Observable<DocMap<Todo | { text: string }>>, { sortBy: 'text' });
      same<typeof either, View<Todo | { text: string }>>(true);
      // @ts-expect-error -- no atom of docs
      view(atom(1));
      // @ts-expect-error -- yes or no
      view(todos, { where: (todo) => todo.text });
      // @ts-expect-error -- and at once
      view(todos, { where: async (todo) => todo.done });
      // @ts-expect-error -- docs are readonly
      view(todos, { where: (todo) => (todo.done = true) });
      // @ts-expect-error -- how many
      view(todos, { limit: '5' });
    });
    expect(view(todos)).toBeDefined();
  });

  test('know what can be sorted by', () => {
    compile(() => {
      view(todos, { sortBy: 'due' });
      view(todos, { sortBy: (todo, key) => [todo.text, key].join('') });
      view(todos, { sortBy: ['done', { by: 'rank', direction: 'desc' }, { by: (todo) => todo.at.lat }] });
      view(todos, { sortBy: { compare: (a, b) => a.tags.size - b.tags.size, direction: 'asc' } });
      // @ts-expect-error -- a set has no order
      view(todos, { sortBy: 'tags' });
      // @ts-expect-error -- nor has an object
      view(todos, { sortBy: (todo) => todo.at });
      // @ts-expect-error -- no such field
      view(todos, { sortBy: ['done', 'nope'] });
      // @ts-expect-error -- no such field
      view(todos, { sortBy: { by: 'nope' } });
      // @ts-expect-error -- no such direction
      view(todos, { sortBy: { by: 'text', direction: 'down' } });
      // @ts-expect-error -- a number says which is first
      view(todos, { sortBy: { compare: (a, b) => a.text < b.text } });
    });
  });

  test('hold in entries, groups and views of views', () => {
    compile(() => {
      const all = view(todos);
      all.subscribe((entries) => {
        same<typeof entries, readonly ViewEntry<Todo>[]>(true);
        same<NonNullable<(typeof entries)[0]>['doc'], Doc<Todo>>(true);
        // @ts-expect-error -- entries are readonly
        entries[0]!.doc.done = true;
        // @ts-expect-error -- and so are their arrays
        entries.sort();
      });
      const groups = all.groupBy('rank');
      same<typeof groups, Observable<ReadonlyMap<number | null | undefined, readonly ViewEntry<Todo>[]>>>(
        true,
      );
      const letters = all.groupBy((todo) => todo.text.charAt(0));
      same<typeof letters, Observable<ReadonlyMap<string, readonly ViewEntry<Todo>[]>>>(true);
      same<ReturnType<typeof all.count>, Observable<number>>(true);
      const page = all.view({ offset: 50, limit: 50 });
      same<typeof page, View<Todo>>(true);
      // @ts-expect-error -- no such field
      all.groupBy('nope');
      // @ts-expect-error -- no such field
      all.view({ where: (todo) => todo.nope });
      // @ts-expect-error -- no such option
      all.view({ order: 'text' });
    });
  });

  test('can be written once and used for many', () => {
    const newest: ViewQuery<{ text: string; due?: Date }> = {
      sortBy: { by: 'due', direction: 'desc' },
      limit: 5,
    };
    compile(() => {
      view(atom(DocMap.empty<{ text: string; due?: Date }>()), newest);
      // @ts-expect-error -- of other docs
      view(atom(DocMap.empty<{ other: number }>()), newest);
    });
    expect(newest.limit).toBe(5);
  });
});
