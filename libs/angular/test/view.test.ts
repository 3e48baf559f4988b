import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { injectSyncedAtom, injectView } from '@atomsync/angular';
import { provideAtomSyncTesting } from '@atomsync/angular/testing';
import { atom, DocMap } from '@atomsync/atom';
import { testBed } from './test-bed';

interface Todo {
  readonly text: string;
  readonly done: boolean;
}

const lists = {
  'list/1': { a: { text: 'b', done: false }, b: { text: 'a', done: false }, c: { text: 'c', done: true } },
  'list/2': { d: { text: 'd', done: false } },
};

const inContext = <R>(run: () => R): R => TestBed.runInInjectionContext(run);
const keys = (entries: readonly { readonly key: string }[]): string => entries.map(({ key }) => key).join();

describe('a view', () => {
  beforeEach(() => void testBed(provideAtomSyncTesting(lists)));

  it('shows the docs that pass, sorted, and keeps up', () => {
    const todos = inContext(() => injectSyncedAtom<Todo>('list/1'));
    const open = inContext(() => injectView(todos, { where: ({ done }) => !done, sortBy: 'text' }));
    expect(open()).toEqual([
      { key: 'b', doc: { text: 'a', done: false } },
      { key: 'a', doc: { text: 'b', done: false } },
    ]);
    const [b] = open();
    todos.atom.patch('a', { done: true });
    expect(keys(open())).toBe('b');
    expect(open()[0]).toBe(b);
  });

  it('is the very same while nothing it shows has changed', () => {
    const todos = inContext(() => injectSyncedAtom<Todo>('list/1'));
    const open = inContext(() => injectView(todos, { where: ({ done }) => !done }));
    const before = open();
    todos.atom.patch('c', { text: 'still done' });
    expect(open()).toBe(before);
  });

  it('follows the signals of its query', () => {
    const todos = inContext(() => injectSyncedAtom<Todo>('list/1'));
    const done = signal(false);
    const limit = signal(10);
    const shown = inContext(() =>
      injectView(todos, () => {
        const wanted = done();
        return { where: (todo) => todo.done === wanted, limit: limit() };
      }),
    );
    expect(keys(shown())).toBe('a,b');
    limit.set(1);
    expect(keys(shown())).toBe('a');
    done.set(true);
    expect(keys(shown())).toBe('c');
  });

  it('follows the group of its source', () => {
    const id = signal(1);
    const todos = inContext(() => injectSyncedAtom<Todo>(() => `list/${id()}`));
    const open = inContext(() => injectView(todos, { where: ({ done }) => !done }));
    expect(keys(open())).toBe('a,b');
    id.set(2);
    expect(keys(open())).toBe('d');
    todos.atom.put('e', { text: 'e', done: false });
    expect(keys(open())).toBe('d,e');
  });

  it('looks at any atom of docs', () => {
    const docs = atom(DocMap.from({ a: 1, b: 2, c: 3 }));
    const odd = inContext(() => injectView(docs, { where: (n) => n % 2 === 1 }));
    expect(keys(odd())).toBe('a,c');
    docs.swap((all) => all.with('d', 5));
    expect(keys(odd())).toBe('a,c,d');
  });

  it('throws where its query does', () => {
    const docs = atom(DocMap.from({ a: 1 }));
    const broken = inContext(() =>
      injectView(docs, {
        where: () => {
          throw new Error('broken');
        },
      }),
    );
    expect(() => broken()).toThrow(/broken/);
  });
});
