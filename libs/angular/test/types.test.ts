import './test-bed';
import type { Signal, WritableSignal } from '@angular/core';
import {
  atomSignal,
  cursorSignal,
  injectSyncedAtom,
  injectSyncedValue,
  injectView,
  provideAtomSync,
} from '@atomsync/angular';
import { provideAtomSyncTesting } from '@atomsync/angular/testing';
import { atom, inc, type DeepReadonly, type DocMap } from '@atomsync/atom';

interface Todo {
  text: string;
  done: boolean;
  tags: string[];
}

/** Looked at by the compiler alone. */
const compiled = (_: () => void): void => undefined;

it('the types are checked by the compiler', () => {
  compiled(() => {
    const todos = injectSyncedAtom<Todo>('todo');
    const list: readonly DeepReadonly<Todo>[] = todos.list();
    const docs: Signal<DocMap<Todo>> = todos.value;
    todos.atom.add({ text: '', done: false, tags: [] });
    // @ts-expect-error docs are typed
    todos.atom.add({ text: 1 });
    // @ts-expect-error docs are read-only
    todos.list()[0]!.text = 'x';
    // @ts-expect-error so is what they hold
    todos.list()[0]!.tags.push('x');
    // @ts-expect-error the signals of a ref are not written
    todos.value.set(todos.value());
    // @ts-expect-error a group is a string, or a function that tells one
    injectSyncedAtom<Todo>(1);
    // @ts-expect-error a group is told as a string
    injectSyncedAtom<Todo>(() => 1);
    // @ts-expect-error no such policy
    injectSyncedAtom<Todo>('todo', { onConflict: 'never' });

    const visits = injectSyncedValue('visits', 0);
    const n: number = visits.value();
    visits.atom.swap(inc);
    // @ts-expect-error a swap takes the value that is there
    visits.atom.swap((x: string) => x);

    const count: WritableSignal<number> = atomSignal(atom(1));
    atomSignal(atom(1)).swap((x, by) => x + by, 2);
    // @ts-expect-error a signal takes what its atom takes
    atomSignal(atom(1)).set('1');
    // @ts-expect-error arguments of swaps are typed
    atomSignal(atom(1)).swap((x, by: number) => x + by, 'two');

    const text: WritableSignal<string> = cursorSignal(atom({ text: 'x' }).at('text'));
    const todo = cursorSignal(todos.atom.at('a'));
    const maybe: DeepReadonly<Todo> | undefined = todo();
    todo.swap((it) => ({ ...it, done: true }));
    // @ts-expect-error there may be no such doc
    todo().text;
    // @ts-expect-error absence is not written
    todo.reset(undefined);
    // @ts-expect-error nor is a place that may be read as nothing a WritableSignal
    const written: WritableSignal<DeepReadonly<Todo> | undefined> = todo;

    const open = injectView(todos, { where: (it) => !it.done, sortBy: 'text' });
    const first: DeepReadonly<Todo> = open()[0]!.doc;
    // @ts-expect-error queries know the docs
    injectView(todos, { where: (it) => it.nothing });
    // @ts-expect-error and what they can be sorted by
    injectView(todos, () => ({ sortBy: 'nothing' }));

    provideAtomSync({ name: 'a', server: '/sync' });
    provideAtomSync(() => ({ name: 'a', server: '/sync', token: () => 'x' }));
    // @ts-expect-error the name is missing
    provideAtomSync({ server: '/sync' });
    provideAtomSyncTesting({ todo: { a: { text: '' } } }, { values: { visits: 1 } });
    // @ts-expect-error a test has a server of its own
    provideAtomSyncTesting({}, { server: '/sync' });
  });
});
