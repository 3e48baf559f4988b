import { Component, createEnvironmentInjector, EnvironmentInjector, effect, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { injectAtomSync, injectSyncedAtom, injectSyncedValue, type SyncedAtomRef } from '@atomsync/angular';
import { AtomSyncTesting, provideAtomSyncTesting } from '@atomsync/angular/testing';
import { inc } from '@atomsync/atom';
import { rendered, testBed, textOf } from './test-bed';

interface Todo {
  readonly text: string;
  readonly done: boolean;
}

const milk: Todo = { text: 'Buy milk', done: false };
const ada: Todo = { text: 'Call Ada', done: true };

const others = (): AtomSyncTesting => TestBed.inject(AtomSyncTesting);
const inContext = <R>(run: () => R): R => TestBed.runInInjectionContext(run);

function open(docs: Record<string, Todo> = { 'todo:1': milk }): SyncedAtomRef<Todo> {
  testBed(provideAtomSyncTesting({ todo: docs }, { values: { visits: 3 } }));
  return inContext(() => injectSyncedAtom<Todo>('todo'));
}

describe('the docs of a group', () => {
  it('are signals', async () => {
    const todos = open();
    expect(todos.list()).toEqual([milk]);
    expect(todos.value().get('todo:1')).toEqual(milk);
    expect(todos.ready()).toBe(true);
    todos.atom.put('todo:2', ada);
    expect(todos.list()).toEqual([milk, ada]);
    expect(todos.keys()).toEqual(['todo:1', 'todo:2']);
    expect(todos.pending()).toBe(1);
    await todos.atom.settled();
    expect(todos.pending()).toBe(0);
    expect(todos.status()).toEqual({ phase: 'live', pending: 0 });
    expect(others().docs('todo').toJSON()).toEqual({ 'todo:1': milk, 'todo:2': ada });
  });

  it('are rendered when others write them', async () => {
    @Component({ template: `{{ text() }}` })
    class Texts {
      readonly todos = injectSyncedAtom<Todo>('todo');
      readonly text = () => this.todos.list().map(({ text }) => text).join(', '); // prettier-ignore
    }
    testBed(provideAtomSyncTesting({ todo: { 'todo:1': milk } }));
    const fixture = await rendered(Texts);
    expect(await textOf(fixture)).toBe('Buy milk');
    await fixture.componentInstance.todos.atom.settled();
    others().write<Todo>('todo', (docs) => docs.with('todo:2', ada).without('todo:1'));
    expect(await textOf(fixture)).toBe('Call Ada');
  });

  it('have the very same keys until a doc comes or goes', () => {
    const todos = open({ a: milk, b: ada });
    const keys = todos.keys();
    todos.atom.patch('a', { done: true });
    todos.atom.patch('b', { done: false });
    expect(todos.keys()).toBe(keys);
    todos.atom.swap((docs) => docs.without('a').with('c', ada));
    expect(todos.keys()).toEqual(['b', 'c']);
  });

  it('notify nobody when a write is confirmed', async () => {
    const todos = open();
    let told = 0;
    inContext(() =>
      effect(() => {
        todos.value();
        told++;
      }),
    );
    TestBed.tick();
    todos.atom.patch('todo:1', { done: true });
    TestBed.tick();
    expect(told).toBe(2);
    await todos.atom.settled();
    TestBed.tick();
    expect(told).toBe(2);
  });

  it('are closed with the injector', async () => {
    testBed(provideAtomSyncTesting({ todo: { a: milk } }));
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const todos = injectSyncedAtom<Todo>('todo', { injector });
    const { atom } = todos;
    injector.destroy();
    expect(() => atom.put('b', ada)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    expect(todos.list()).toEqual([milk]);
  });

  it('stay open while someone else has them open', () => {
    testBed(provideAtomSyncTesting({ todo: { a: milk } }));
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const [mine, theirs] = [
      injectSyncedAtom<Todo>('todo', { injector }),
      inContext(() => injectSyncedAtom<Todo>('todo')),
    ];
    expect(mine.atom).toBe(theirs.atom);
    injector.destroy();
    theirs.atom.put('b', ada);
    expect(theirs.list()).toEqual([milk, ada]);
  });
});

describe('a group that follows signals', () => {
  const lists = { 'list/1': { a: milk }, 'list/2': { b: ada } };

  it('is the one that the signals tell', async () => {
    testBed(provideAtomSyncTesting(lists));
    const id = signal(1);
    const todos = inContext(() => injectSyncedAtom<Todo>(() => `list/${id()}`));
    const first = todos.atom;
    expect(todos.list()).toEqual([milk]);
    id.set(2);
    expect(todos.list()).toEqual([ada]);
    expect(todos.atom).not.toBe(first);
    expect(() => first.put('c', milk)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    todos.atom.put('c', milk);
    await todos.atom.settled();
    expect([...others().docs('list/2').keys()]).toEqual(['b', 'c']);
  });

  it('is not opened anew when the signals tell the same one', () => {
    testBed(provideAtomSyncTesting(lists));
    const id = signal(1);
    const todos = inContext(() => injectSyncedAtom<Todo>(() => `list/${Math.min(id(), 2)}`));
    id.set(2);
    const { atom } = todos;
    id.set(3);
    expect(todos.atom).toBe(atom);
  });

  it('is closed when the signals tell another one, also where nobody reads', () => {
    testBed(provideAtomSyncTesting(lists));
    const id = signal(1);
    const todos = inContext(() => injectSyncedAtom<Todo>(() => `list/${id()}`));
    const { atom } = todos;
    id.set(2);
    TestBed.tick();
    expect(() => atom.put('c', milk)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  it('is not opened before an input has its value', async () => {
    @Component({ selector: 'x-list', template: `{{ first() }}`, inputs: ['id'] })
    class List {
      id?: number;
      readonly todos = injectSyncedAtom<Todo>(() => {
        if (this.id === undefined) throw new Error('No input yet.');
        return `list/${this.id}`;
      });
      readonly first = () => this.todos.list()[0]?.text;
    }
    @Component({ imports: [List], template: `<x-list [id]="2" />` })
    class Page {}
    testBed(provideAtomSyncTesting(lists));
    expect(await textOf(await rendered(Page))).toBe('Call Ada');
  });

  it('keeps its last docs after its end, and says why it opens no other one', () => {
    testBed(provideAtomSyncTesting(lists));
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const id = signal(1);
    const [read, unread] = [0, 1].map(() => injectSyncedAtom<Todo>(() => `list/${id()}`, { injector }));
    read!.list();
    injector.destroy();
    id.set(2);
    expect(read!.list()).toEqual([milk]);
    expect(() => unread!.list()).toThrow(expect.objectContaining({ code: 'DESTROYED' }));
  });
});

describe('a synced value', () => {
  it('is a signal, and the initial value where nothing was written', async () => {
    testBed(provideAtomSyncTesting({}, { values: { visits: 3 } }));
    const [visits, nothing] = inContext(() => [
      injectSyncedValue('visits', 0),
      injectSyncedValue('other', 7),
    ]);
    expect([visits!.value(), nothing!.value()]).toEqual([3, 7]);
    visits!.atom.swap(inc);
    await visits!.atom.settled();
    expect(others().value('visits')).toBe(4);
    others().writeValue('visits', 10);
    expect(visits!.value()).toBe(10);
  });
});

describe('the provided connection', () => {
  it('is missed with words', () => {
    testBed();
    expect(() => inContext(() => injectAtomSync())).toThrow(expect.objectContaining({ code: 'NO_PROVIDER' }));
    expect(() => inContext(() => injectSyncedAtom('todo'))).toThrow(/provideAtomSync\(/);
  });
});
