import { createEnvironmentInjector, EnvironmentInjector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { atomSignal, cursorSignal } from '@atomsync/angular';
import { atom, DocMap, inc } from '@atomsync/atom';
import { testBed } from './test-bed';

const inContext = <R>(run: () => R): R => TestBed.runInInjectionContext(run);
/** How many observers an atom or a cursor of it has. */
const observers = (of: { readonly observers: readonly unknown[] }): number => of.observers.length;

beforeEach(() => void testBed());

describe('a signal of an atom', () => {
  it('has the atom’s value, whoever writes it', () => {
    const count = atom(1);
    const read = inContext(() => atomSignal(count));
    expect(read()).toBe(1);
    count.swap(inc);
    expect(read()).toBe(2);
    count.next(7);
    expect(read()).toBe(7);
  });

  it('writes to the atom', () => {
    const count = atom(1);
    const read = inContext(() => atomSignal(count));
    expect(read.swap((n, by) => n + by, 4)).toBe(5);
    expect(read.reset(10)).toBe(10);
    read.update((n) => n + 1);
    expect([count.value, read()]).toEqual([11, 11]);
    read.set(3);
    expect([count.value, read(), read.asReadonly()()]).toEqual([3, 3, 3]);
  });

  it('throws what the atom refuses, and keeps the value', () => {
    const even = atom(0, { validate: (n) => n % 2 === 0 });
    const read = inContext(() => atomSignal(even));
    expect(() => read.set(1)).toThrow(expect.objectContaining({ code: 'INVALID' }));
    expect(read()).toBe(0);
  });

  it('counts equal contents as unchanged, unless it is told otherwise', () => {
    const user = atom({ name: 'Ada', tags: new Set(['a']) });
    const [by, always] = inContext(
      () => [atomSignal(user), atomSignal(user, { equal: () => false })] as const,
    );
    const first = by();
    user.reset({ name: 'Ada', tags: new Set(['a']) });
    expect(by()).toBe(first);
    expect(always()).toBe(user.value);
    user.reset({ name: 'Bob', tags: new Set(['a']) });
    expect(by()).toBe(user.value);
  });

  it('takes maps of the very same docs for equal, and others not', () => {
    const doc = { text: 'x' };
    const docs = atom(DocMap.from({ a: doc }));
    const read = inContext(() => atomSignal(docs));
    const first = read();
    docs.reset(DocMap.from({ a: doc }));
    expect(read()).toBe(first);
    docs.reset(DocMap.from({ a: { text: 'x' } }));
    expect(read()).toBe(docs.value);
  });

  it('ends with its injector, and leaves the atom as it is', () => {
    const count = atom(1);
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const read = atomSignal(count, { injector });
    expect(observers(count)).toBe(1);
    injector.destroy();
    expect(observers(count)).toBe(0);
    count.swap(inc);
    expect([read(), count.value]).toEqual([1, 2]);
  });

  it('follows the atom that a function tells', () => {
    const [a, b] = [atom('a'), atom('b')];
    const first = signal(true);
    const read = inContext(() => atomSignal(() => (first() ? a : b)));
    expect(read()).toBe('a');
    first.set(false);
    expect([read(), observers(a), observers(b)]).toEqual(['b', 0, 1]);
    read.reset('c');
    expect([a.value, b.value]).toEqual(['a', 'c']);
  });

  it('lets go of the former atom also where nobody reads it', () => {
    const [a, b] = [atom('a'), atom('b')];
    const first = signal(true);
    const read = inContext(() => atomSignal(() => (first() ? a : b)));
    read();
    first.set(false);
    TestBed.tick();
    expect([observers(a), observers(b)]).toEqual([0, 1]);
  });

  it('throws the error of an atom that has failed', () => {
    const count = atom(1);
    const read = inContext(() => atomSignal(count));
    count.error(new Error('broken'));
    expect(() => read()).toThrow('broken');
  });

  it('wants an injection context', () => {
    expect(() => atomSignal(atom(1))).toThrow(/NG0203/);
  });
});

describe('a signal of a cursor', () => {
  it('has the part, and writes it', () => {
    const user = atom({ name: 'Ada', age: 36 });
    const name = inContext(() => cursorSignal(user.at('name')));
    name.set('Bob');
    expect([name(), user.value]).toEqual(['Bob', { name: 'Bob', age: 36 }]);
  });

  it('notifies only when its part has changed', () => {
    const docs = atom(DocMap.from({ a: { n: 1, tags: ['x'] }, b: { n: 1, tags: ['x'] } }));
    const [a, tags] = inContext(
      () => [cursorSignal(docs.at('a')), cursorSignal(docs.at('b', 'tags'))] as const,
    );
    const [doc, list] = [a(), tags()];
    docs.swap((all) => all.with('b', { n: 2, tags: ['x'] }));
    expect(a()).toBe(doc);
    expect(tags()).toBe(list);
  });

  it('reads undefined where there is no doc, and follows another key', () => {
    const docs = atom(DocMap.from({ a: { n: 1 } }));
    const key = signal('a');
    const doc = inContext(() => cursorSignal(() => docs.at(key())));
    expect(doc()?.n).toBe(1);
    key.set('b');
    expect(doc()).toBeUndefined();
    expect(() => doc.swap((it) => ({ n: it.n + 1 }))).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_DOC' }),
    );
    doc.reset({ n: 5 });
    expect(docs.value.get('b')).toEqual({ n: 5 });
  });
});
