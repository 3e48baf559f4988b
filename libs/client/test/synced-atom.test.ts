import { assoc, dissoc, DocMap, inc } from '@atomsync/atom';
import type { ClientError } from '@atomsync/client';
import { type SyncedAtom } from '@atomsync/client';
import { keyword } from '@atomsync/protocol';
import { createTestNet, type TestNet } from '@atomsync/testing';

interface Todo {
  text: string;
  done: boolean;
  tags?: ReadonlySet<unknown>;
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

const milk = { text: 'Buy milk', done: false };
const codeOf = (write: () => unknown): unknown => {
  try {
    write();
  } catch (error) {
    return (error as ClientError).code;
  }
  return undefined;
};

describe('a synced atom', () => {
  it('adds docs under keys in the order of adding', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => todos.add({ text: `${i}`, done: false }));
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(20);
    await net.flush();
    expect(other.value.list.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it('adds under its prefix', () => {
    const listed = net.atom<Todo>(net.client(), 'listed', { prefix: 'list/1/' });
    expect(listed.add(milk)).toMatch(/^list\/1\/./);
  });

  it('puts, patches and removes', async () => {
    todos.put('a', milk);
    todos.put('b', milk);
    todos.patch('a', { done: true });
    todos.remove('b');
    const expected = { a: { text: 'Buy milk', done: true } };
    expect(todos.value.toJSON()).toEqual(expected);
    await net.flush();
    expect(other.value.toJSON()).toEqual(expected);
  });

  it('says NO_SUCH_DOC for a patch of nothing, and does nothing for its removal', () => {
    expect(codeOf(() => todos.patch('none', { done: true }))).toBe('NO_SUCH_DOC');
    todos.remove('none');
    expect(todos.value.size).toBe(0);
  });

  it('swaps through a cursor, and says NO_SUCH_DOC where there is no doc', () => {
    const cursor = todos.at('a');
    expect(cursor.value).toBeUndefined();
    expect(codeOf(() => cursor.swap((todo) => ({ ...todo, done: true })))).toBe('NO_SUCH_DOC');
    todos.put('a', milk);
    expect(cursor.swap((todo) => ({ ...todo, done: true }))).toEqual({ text: 'Buy milk', done: true });
    expect(todos.at('a', 'text').swap((text) => text.toUpperCase())).toBe('BUY MILK');
  });

  it('swaps a default where there is no doc, and never writes it by itself', async () => {
    const cursor = todos.at('a', { default: milk });
    expect(cursor.value).toEqual(milk);
    await net.flush();
    expect(other.value.size).toBe(0);
    cursor.swap((todo) => ({ ...todo, done: true }));
    await net.flush();
    expect(other.value.get('a')).toEqual({ text: 'Buy milk', done: true });
  });

  it('swaps as a whole, all docs or none', async () => {
    const sizes: number[] = [];
    other.subscribe((docs) => sizes.push(docs.size));
    todos.swap((docs) => docs.with('a', milk).with('b', milk).with('c', milk));
    todos.swap(assoc, 'd', milk);
    todos.swap(dissoc, 'a', 'b');
    await net.flush();
    expect([...other.value.keys()]).toEqual(['c', 'd']);
    expect(sizes).toEqual([0, 3, 4, 2]);
  });

  it('resets to docs, and refuses what is no DocMap', async () => {
    todos.put('old', milk);
    todos.reset(DocMap.from({ new: milk }));
    await net.flush();
    expect(other.value.toJSON()).toEqual({ new: milk });
    expect(codeOf(() => todos.reset({} as never))).toBe('BAD_DOC');
  });

  it('tells its subscribers and watches of own writes synchronously, and of others’ when they come', async () => {
    const seen: number[] = [];
    todos.addWatch('log', (_key, _atom, before, after) => seen.push(before.size, after.size));
    todos.put('a', milk);
    expect(seen).toEqual([0, 1]);
    other.put('b', milk);
    await net.flush();
    expect(seen).toEqual([0, 1, 1, 2]);
  });

  it('does nothing for a write that comes to the same doc', async () => {
    todos.put('a', milk);
    await net.flush();
    const seen: unknown[] = [];
    todos.subscribe((docs) => seen.push(docs));
    const pending: number[] = [];
    todos.pending$.subscribe((count) => pending.push(count));
    todos.swap((docs) => docs);
    todos.at('a').swap((todo) => todo);
    expect([seen.length, pending]).toEqual([1, [0]]);
  });

  it('keeps the identity of a doc when its own write is confirmed, and of docs that others did not touch', async () => {
    todos.put('a', milk);
    other.put('b', milk);
    await net.flush();
    const [a, b] = [todos.value.get('a'), todos.value.get('b')];
    todos.put('c', milk);
    const c = todos.value.get('c');
    await net.flush();
    expect([todos.value.get('a'), todos.value.get('b'), todos.value.get('c')]).toEqual([a, b, c]);
    for (const [key, doc] of [
      ['a', a],
      ['b', b],
      ['c', c],
    ] as const)
      expect(todos.value.get(key)).toBe(doc);
  });

  it('carries every kind of value', async () => {
    const any = net.atom<unknown>(net.client(), 'any');
    const same = net.atom<unknown>(net.client(), 'any');
    const doc = {
      date: new Date(0),
      map: new Map<unknown, unknown>([[new Set([1n]), -0]]),
      bytes: new Uint8Array([1, 2]),
      tag: keyword('groceries'),
      nothing: undefined,
      numbers: [NaN, Infinity, -0],
    };
    any.put('k', doc);
    await net.flush();
    expect(same.value.get('k')).toStrictEqual(doc);
  });

  it('counts with swaps from several places at once', async () => {
    const [a, b] = net.atoms<number>('count', 2);
    for (let i = 0; i < 10; i++) {
      a!.at('n', { default: 0 }).swap(inc);
      b!.at('n', { default: 0 }).swap((n) => n + 1);
    }
    await net.flush();
    expect([a!.value.get('n'), b!.value.get('n')]).toEqual([20, 20]);
  });
});
