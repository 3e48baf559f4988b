import type { ViewEntry } from '@atomsync/atom';
import type { SyncedAtom } from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

interface Todo {
  text: string;
  done: boolean;
}

let net: TestNet;
let todos: SyncedAtom<Todo>;
let other: SyncedAtom<Todo>;
beforeEach(async () => {
  net = createTestNet();
  [todos, other] = net.atoms<Todo>('todo', 2) as [SyncedAtom<Todo>, SyncedAtom<Todo>];
  await net.flush();
});
afterEach(() => net.close());

const texts = (entries: readonly ViewEntry<Todo>[]): string => entries.map(({ doc }) => doc.text).join(' ');

describe('a view of a synced atom', () => {
  it('shows own writes at once and others’ when they come, and nothing when they are confirmed', async () => {
    const seen: string[] = [];
    const entries: ViewEntry<Todo>[] = [];
    todos.view({ where: (todo) => !todo.done, sortBy: 'text', limit: 2 }).subscribe((now) => {
      seen.push(texts(now));
      entries.push(...now);
    });
    const key = todos.add({ text: 'milk', done: false });
    expect(seen).toEqual(['', 'milk']);
    await net.flush();
    other.put('a', { text: 'bread', done: false });
    other.put('z', { text: 'nuts', done: false });
    await net.flush();
    expect(seen).toEqual(['', 'milk', 'bread milk']);
    todos.patch(key, { done: true });
    await net.flush();
    expect(seen).toEqual(['', 'milk', 'bread milk', 'bread nuts']);
    expect(new Set(entries).size).toBe(3);
  });

  it('shows what a rebase makes of a write, and takes back what is refused', async () => {
    const seen: string[] = [];
    todos.put('a', { text: 'milk', done: false });
    await net.flush();
    todos.view().subscribe((now) => seen.push(texts(now)));
    net.offline(todos);
    todos.at('a').swap((todo) => ({ ...todo, text: `${todo.text}!` }));
    other.at('a').swap((todo) => ({ ...todo, text: `${todo.text}?` }));
    await net.flush();
    net.online(todos);
    await net.flush();
    expect(seen).toEqual(['milk', 'milk!', 'milk?!']);
    net.refuse();
    todos.remove('a');
    await net.flush();
    expect(seen.slice(3)).toEqual(['', 'milk?!']);
  });

  it('counts, groups and refines', () => {
    const log: unknown[] = [];
    const all = todos.view({ sortBy: 'text' });
    all.count().subscribe((count) => log.push(count));
    all.groupBy('done').subscribe((groups) => log.push([...groups.keys()]));
    all.view({ offset: 1 }).subscribe((now) => log.push(texts(now)));
    todos.swap((docs) =>
      docs.withAll({ a: { text: 'milk', done: false }, b: { text: 'bread', done: true } }),
    );
    expect(log).toEqual([0, [], '', 2, [false, true], 'milk']);
  });

  it('ends when the atom is closed', async () => {
    const log: string[] = [];
    todos.view().subscribe({ next: () => log.push('next'), complete: () => log.push('complete') });
    todos.close();
    await net.flush();
    expect(log).toEqual(['next', 'complete']);
  });
});
