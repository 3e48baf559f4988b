import { AtomError, defineSwap, inc, type DocMap } from '@atomsync/atom';
import { encodeBody, keyword, ProtocolError } from '@atomsync/protocol';
import type { SyncAuth } from '../../src/auth/sync-auth';
import { Features } from '../../src/features';
import type { SyncHub } from '../../src/hub';
import type { HubConfig } from '../../src/hub-options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import type { ServerAtom } from '../../src/atoms/server-atom';
import type { Commit } from '../../src/atoms/commit';
import { connect, mutation, openHub, pushOf, put, settle, subscribe } from '../support/world';

interface Todo {
  readonly text: string;
  readonly done: boolean;
}

let hub: SyncHub;

async function open<D = Todo>(config: Partial<HubConfig> = {}, group = 'g'): Promise<ServerAtom<D>> {
  hub = await openHub(config);
  return hub.atom<D>(group);
}

afterEach(() => hub.close());

const milk: Todo = { text: 'Buy milk', done: false };
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

const transfer = defineSwap(
  'server-atom/transfer',
  (docs: DocMap<number>, from: string, to: string, amount: number) =>
    docs.update(from, (n) => n - amount).update(to, (n) => n + amount),
  { keys: (from: string, to: string) => [from, to] },
);

describe('an atom on the server', () => {
  it('writes docs and reads them, and says as which commit', async () => {
    const todos = await open();
    expect(await todos.put('a', milk)).toEqual({
      ...{ id: `${hub.epoch.id}:g:1`, group: 'g', version: 1, from: 0, at: 1_000_000, purged: false },
      changes: [{ key: 'a', doc: milk, version: 1, at: 1_000_000, by: 'server' }],
    });
    expect((await todos.patch('a', { done: true })).version).toBe(2);
    expect(await todos.get('a')).toEqual({ ...milk, done: true });
    const { changes } = await todos.at('a').swap((todo, text: string) => ({ ...todo, text }), 'Buy oats');
    expect(changes[0]?.doc).toEqual({ text: 'Buy oats', done: true });
    expect((await todos.remove('a')).changes).toMatchObject([{ key: 'a', doc: undefined }]);
    expect(await todos.get('a')).toBeUndefined();
  });

  it('is seen by clients, and sees what they write', async () => {
    const todos = await open<number>();
    const client = await connect(hub, 'c');
    await subscribe(client);
    const seen: Commit<number>[] = [];
    const sub = todos.changes$.subscribe((commit) => seen.push(commit));
    client.say(pushOf('c', 0, [mutation(1, [put('n', 1)])]));
    await settle();
    await todos.at('n').swap(inc);
    expect(client.take()).toMatchObject([
      { type: 'commits', commits: [{ version: 1 }] },
      { type: 'pushed' },
      { type: 'commits', commits: [{ version: 2, changes: [{ key: 'n', body: encodeBody(2) }] }] },
    ]);
    expect(seen).toMatchObject([
      { version: 1, changes: [{ doc: 1, by: '' }] },
      { version: 2, changes: [{ doc: 2 }] },
    ]);
    sub.unsubscribe();
  });

  it('loses no swap, whoever else is swapping', async () => {
    const n = await open<number>();
    const cursor = n.at('n', { default: 0 });
    const client = await connect(hub, 'c');
    await subscribe(client);
    const swaps = Array.from({ length: 100 }, () => cursor.swap(inc));
    client.say(pushOf('c', 0, [mutation(1, [put('other', 1)])]));
    const versions = (await Promise.all(swaps)).map(({ version }) => version);
    expect(new Set(versions).size).toBe(100);
    expect(await n.get('n')).toBe(100);
  });

  it('keeps types, and freezes docs in development', async () => {
    const docs = await open<{ tags: Set<unknown>; at: Date; n: bigint }>();
    const doc = { tags: new Set([keyword('groceries')]), at: new Date(5), n: 7n };
    await docs.put('k', doc);
    const read = await docs.get('k');
    expect(read).toEqual(doc);
    expect(Object.isFrozen(read)).toBe(true);
  });

  it('changes several docs together, or none', async () => {
    const accounts = await open<number>();
    await accounts.put('a', 10);
    await accounts.put('b', 0);
    const { version, changes } = await accounts.swap(transfer, 'a', 'b', 4);
    expect({ version, docs: changes.map(({ key, doc }) => [key, doc]) }).toEqual({
      version: 3,
      docs: [
        ['a', 6],
        ['b', 4],
      ],
    });
    await expect(
      accounts.transact(['a', 'x'], (docs) => docs.with('a', 0).update('x', (n) => n)),
    ).rejects.toMatchObject({ code: 'NO_SUCH_DOC' });
    expect(await accounts.get('a')).toBe(6);
  });

  it('writes nothing where nothing changes', async () => {
    const todos = await open();
    await todos.put('a', milk);
    const unchanged = await todos.at('a').swap((todo) => todo);
    expect(unchanged).toMatchObject({ version: 1, id: `${hub.epoch.id}:g:1`, changes: [] });
    expect(await todos.remove('nothing')).toMatchObject({ version: 1, changes: [] });
  });

  it.each([
    ['reads', (docs: DocMap<Todo>) => docs.with('a', docs.get('b') ?? milk)],
    ['writes', (docs: DocMap<Todo>) => docs.with('b', milk)],
  ])('refuses a function that %s a doc it was not given', async (_, fn) => {
    const todos = await open();
    await expect(todos.transact(['a'], fn)).rejects.toMatchObject({
      code: 'OUT_OF_SCOPE',
      message: expect.stringContaining('"b"'),
    });
  });

  it('says what to do where a swap does not name its docs', async () => {
    const todos = await open();
    await expect(todos.swap((docs) => docs)).rejects.toThrow(AtomError);
    await expect(todos.swap((docs) => docs)).rejects.toThrow(/transact\(keys, fn\)/);
  });

  it.each([
    ['an absent doc', (todos: ServerAtom<Todo>) => todos.at('x').swap((t) => t), 'NO_SUCH_DOC'],
    ['a bad key', (todos: ServerAtom<Todo>) => todos.put('', milk), 'INVALID_KEY'],
    [
      'a value that cannot be carried',
      (todos: ServerAtom<Todo>) => todos.put('f', { text: 'x', done: (() => true) as never }),
      'NOT_CARRYABLE',
    ],
    [
      'a doc that is too large',
      (todos: ServerAtom<Todo>) => todos.put('l', { text: 'x'.repeat(2_000_000), done: false }),
      'DOC_TOO_LARGE',
    ],
  ])('refuses %s, and goes on', async (_, write, code) => {
    const todos = await open();
    const [refused, next] = await Promise.allSettled([write(todos), todos.put('next', milk)]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code } });
    expect(next).toMatchObject({ status: 'fulfilled', value: { version: 1 } });
  });

  it('is judged by the schema, and writes its declared version', async () => {
    const features = new Features([
      {
        group: 'g',
        version: 3,
        compatibleWith: 1,
        migrate: { 1: (n) => n, 2: (n) => (n as number) * 10 },
        schema: numbers,
      },
    ]);
    const store = new MemoryCommitStore();
    const n = await open<number>({ features, store });
    const client = await connect(hub, 'c');
    client.say({ type: 'subscribe', group: 'g', lines: [], schemaVersion: 1 });
    client.say(pushOf('c', 0, [mutation(1, [put('old', 4)])]));
    await settle();
    await expect(n.put('n', 'text' as never)).rejects.toMatchObject({ code: 'INVALID' });
    expect(await n.get('old')).toBe(40);
    await n.at('old').swap(inc);
    expect(await n.get('old')).toBe(41);
    const { docs } = await store.read((reader) =>
      reader.load({ groups: [], docs: [{ group: 'g', key: 'old' }], lines: [] }),
    );
    expect(docs[0]?.schemaVersion).toBe(3);
  });

  it('does not pass an old doc off as a new one', async () => {
    const features = new Features([{ group: 'g', version: 2, compatibleWith: 1 }]);
    const n = await open<number>({ features });
    const client = await connect(hub, 'c');
    await subscribe(client);
    client.say(pushOf('c', 0, [mutation(1, [put('old', 4)])]));
    await settle();
    await expect(n.at('old').swap(inc)).rejects.toMatchObject({
      code: 'MIGRATION_MISSING',
      message: expect.stringContaining('migrate[1]'),
    });
    await n.put('old', 5);
    expect(await n.at('old').swap(inc)).toMatchObject({ changes: [{ doc: 6 }] });
  });

  it('asks for rights only in the name of somebody', async () => {
    const auth: SyncAuth = {
      authenticate: () => null,
      authorize: ({ principal, before }) => principal.id === 'alice' && before === undefined,
    };
    const todos = await open({ auth });
    const alice = todos.as({ id: 'alice' });
    expect(await alice.put('a', milk)).toMatchObject({ changes: [{ by: 'alice' }] });
    await expect(alice.patch('a', { done: true })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await todos.patch('a', { done: true })).toMatchObject({ version: 2, changes: [{ by: 'server' }] });
    await expect(alice.put('a', milk)).rejects.toThrow(ProtocolError);
  });

  it('reads a range page by page, as often as it is asked to', async () => {
    const n = await open<number>({ page: { maxDocs: 2, maxBytes: 1000 } });
    for (const [i, key] of ['b:3', 'a:1', 'b:1', 'c', 'b:2'].entries()) await n.put(key, i);
    await n.remove('b:2');
    const range = n.range('b:');
    const expected = [
      ['b:1', 2],
      ['b:3', 0],
    ];
    expect(await all(range)).toEqual(expected);
    expect(await all(range)).toEqual(expected);
    expect((await all(n.range())).map(([key]) => key)).toEqual(['a:1', 'b:1', 'b:3', 'c']);
    expect(() => n.range('\0')).toThrow(ProtocolError);
  });

  it('tells commits since one of them: those missed merged, those to come one by one', async () => {
    const store = new MemoryCommitStore();
    const n = await open<number>({ store });
    const { id } = await n.put('a', 1);
    await n.put('b', 1);
    await n.at('b').swap(inc);
    await n.remove('a');
    await hub.close();
    const again = await open<number>({ store });
    const seen: Commit<number>[] = [];
    const errors: unknown[] = [];
    const sub = again.changesSince(id).subscribe((commit) => seen.push(commit));
    again.changesSince('elsewhere:g:1').subscribe({ error: (error: unknown) => errors.push(error) });
    await settle();
    await again.put('c', 3);
    await again.put('d', 4);
    await settle();
    const shown = seen.map(({ from, version, changes }) => [
      from,
      version,
      changes.map(({ key, doc }) => [key, doc]),
    ]);
    expect(shown).toEqual([
      [
        1,
        4,
        [
          ['b', 2],
          ['a', undefined],
        ],
      ],
      [4, 5, [['c', 3]]],
      [5, 6, [['d', 4]]],
    ]);
    expect(seen[0]?.id.startsWith(hub.epoch.id)).toBe(false);
    expect(errors).toMatchObject([{ code: 'CURSOR_LOST' }]);
    sub.unsubscribe();
    const late: Commit<number>[] = [];
    again.changesSince(seen[0]?.id).subscribe((commit) => late.push(commit));
    await settle();
    expect(late.map(({ version, changes }) => [version, changes.length])).toEqual([[6, 2]]);
  });

  it('says that it is closed, and that a commit failed', async () => {
    const store = new MemoryCommitStore();
    const todos = await open({ store });
    store.write = () => Promise.reject(new Error('The disk is full.'));
    await expect(todos.put('a', milk)).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
      cause: new Error('The disk is full.'),
    });
    await hub.drain();
    await expect(todos.put('a', milk)).rejects.toMatchObject({ code: 'HUB_CLOSED' });
    expect(await todos.get('a')).toBeUndefined();
  });

  it('keeps one closed line a start and group, and no answers', async () => {
    const store = new MemoryCommitStore();
    const n = await open<number>({ store });
    await n.put('a', 1);
    await n.put('b', 2);
    const client = await connect(hub, 'c');
    await subscribe(client);
    client.say(pushOf('c', 2, [mutation(1, [])]));
    await settle();
    expect(await store.purgeLines(2_000_000)).toBe(1);
    expect(await n.put('c', 3)).toMatchObject({ version: 4 });
  });
});

const numbers = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
  },
} as const;
