import { defineSwap, inc } from '@atomsync/atom';
import {
  MemoryDisk,
  memoryLocalStore,
  syncedValue,
  type Rejected,
  type SyncedAtom,
  type SyncedAtomOptions,
  type SyncStatus,
} from '@atomsync/client';
import { Features } from '@atomsync/server';
import { createTestNet, settle, type TestClient, type TestNet } from '@atomsync/testing';

interface Todo1 {
  readonly text: string;
  readonly done: boolean;
  readonly notes?: string;
  readonly count?: number;
}
interface Todo2 {
  readonly text: string;
  readonly state: 'open' | 'done';
  readonly notes?: string;
  readonly count?: number;
}

const toTodo2 = (doc: unknown): Todo2 => {
  const { done, ...rest } = doc as Todo1;
  if (typeof done !== 'boolean') throw new Error(`done is ${String(done)}`);
  return { ...rest, state: done ? 'done' : 'open' };
};
const V2: SyncedAtomOptions<Todo2> = { version: 2, migrate: { 1: toTodo2 } };
/** Large enough for changes of it to travel as patches. */
const notes = 'x'.repeat(4000);

let net: TestNet;
let disk: MemoryDisk;
beforeEach(() => {
  net = createTestNet();
  disk = new MemoryDisk();
});
afterEach(() => net.close());

interface Life<D> {
  readonly client: TestClient;
  readonly atom: SyncedAtom<D>;
  status(): SyncStatus;
  end(): Promise<void>;
}

const life = async <D>(
  options: SyncedAtomOptions<D> = {},
  { online = true, on = disk }: { online?: boolean; on?: MemoryDisk } = {},
): Promise<Life<D>> => {
  const client = net.client({ disk: on });
  client.cable.down = !online;
  const atom = net.atom<D>(client, 'g', options);
  let status!: SyncStatus;
  atom.status$.subscribe((now) => (status = now));
  await net.flush();
  const end = async (): Promise<void> => {
    await settle();
    await client.sync.close();
  };
  return { client, atom, status: () => status, end };
};
const stored = async (): Promise<ReadonlyMap<string, number>> => {
  const store = await memoryLocalStore(disk.copy()).open('g');
  const { docs = [] } = (await store.load()) ?? {};
  return new Map(docs.map(({ key, schemaVersion }) => [key, schemaVersion]));
};
const rejectedOf = ({ client }: Life<never> | Life<Todo2> | Life<Todo1>): readonly Rejected[] => {
  let rejected: readonly Rejected[] = [];
  client.sync.rejected$.subscribe((list) => (rejected = list)).unsubscribe();
  return rejected;
};
const toggle = defineSwap('test.toggle', <T extends Todo1 | Todo2>(todo: T): T =>
  'state' in todo
    ? { ...todo, state: todo.state === 'open' ? 'done' : 'open' }
    : { ...todo, done: !todo.done },
);
const replace = defineSwap('test.replace', (_: unknown, todo: Todo1) => todo);

describe('docs of an older schema version', () => {
  it('are read in the new shape from the local store, which stays as it is', async () => {
    const first = await life<Todo1>();
    first.atom.put('k', { text: 'a', done: true });
    await net.flush();
    await first.end();

    const { atom } = await life(V2, { online: false });
    expect(atom.value.toJSON()).toEqual({ k: { text: 'a', state: 'done' } });
    expect(await stored()).toEqual(new Map([['k', 1]]));
  });

  it('are read in the new shape from a catch-up and from a commit, step by step', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: true });
    await net.flush();
    const { atom } = await life<Todo2 & { readonly tags: readonly string[] }>(
      { version: 3, migrate: { 1: toTodo2, 2: (doc) => ({ ...(doc as Todo2), tags: [] }) } },
      { on: new MemoryDisk() },
    );
    expect(atom.value.get('k')).toEqual({ text: 'a', state: 'done', tags: [] });
    old.atom.put('k', { text: 'b', done: false });
    await net.flush();
    expect(atom.value.get('k')).toEqual({ text: 'b', state: 'open', tags: [] });
  });

  it('take the patches of older programs in their old shape', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: true, notes });
    await net.flush();
    const { atom, end } = await life(V2, { on: new MemoryDisk() });
    old.atom.patch('k', { done: false });
    await net.flush();
    expect(atom.value.get('k')).toEqual({ text: 'a', state: 'open', notes });
    old.atom.patch('k', { text: 'b' });
    await net.flush();
    expect(atom.value.get('k')).toEqual({ text: 'b', state: 'open', notes });
    await end();
  });

  it('are put as a whole when they are written, and patched from then on', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: true, notes });
    await net.flush();
    await old.end();
    const { atom } = await life(V2);
    const b = await life(V2, { on: new MemoryDisk() });
    atom.patch('k', { text: 'b' });
    atom.patch('k', { text: 'c' });
    await net.flush();
    expect(b.atom.value.toJSON()).toEqual({ k: { text: 'c', state: 'done', notes } });
    expect(await stored()).toEqual(new Map([['k', 2]]));
    atom.patch('k', { state: 'open' });
    await net.flush();
    expect(b.atom.value).toEqual(atom.value);
  });

  it('are rebased on when an older program was first', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: false, notes });
    await net.flush();
    const { atom, client } = await life(V2, { on: new MemoryDisk() });
    net.offline(atom);
    atom.patch('k', { text: 'mine' });
    atom.patch('k', { notes: `${notes}mine` });
    old.atom.patch('k', { done: true });
    await net.flush();
    net.online(atom);
    await net.flush();
    expect(atom.value.get('k')).toEqual({ text: 'mine', state: 'done', notes: `${notes}mine` });
    const fresh = await life(V2, { on: new MemoryDisk() });
    expect(fresh.atom.value).toEqual(atom.value);
    await client.sync.close();
  });

  it('are put even where an older program wrote the same on top of which pending stands', async () => {
    const { atom } = await life(V2);
    const old = await life<Todo1>({}, { on: new MemoryDisk() });
    atom.put('k', { text: 'a', state: 'open', notes });
    await net.flush();
    expect(old.status()).toMatchObject({ phase: 'refused', error: { code: 'UPGRADE_REQUIRED' } });
    net.offline(atom);
    atom.patch('k', { text: 'mine' });
    // As a program that pays no heed to versions might: the very doc, in the old shape, deleted and put anew.
    const hub = await life(V2, { on: new MemoryDisk() });
    hub.atom.remove('k');
    await net.flush();
    await old.end();
    const again = await life<Todo1>({}, { on: new MemoryDisk() });
    again.atom.put('k', { text: 'a', done: false, notes });
    await net.flush();
    net.online(atom);
    await net.flush();
    expect(atom.value.get('k')).toEqual({ text: 'mine', state: 'open', notes });
    expect(hub.atom.value).toEqual(atom.value);
  });

  it('are read in the new shape by a synced value', async () => {
    const first = net.client({ disk });
    const count = syncedValue(first.sync, 'count', 0);
    await net.flush();
    count.swap(inc);
    await net.flush();
    await first.sync.close();
    const second = net.client({ disk });
    const options = { version: 2, migrate: { 1: (n: unknown) => ({ n: n as number }) } };
    const state = syncedValue(second.sync, 'count', { n: 0 }, options);
    await state.ready();
    state.at('n').swap(inc);
    await net.flush();
    const third = syncedValue(net.client().sync, 'count', { n: 0 }, options);
    await net.flush();
    expect(third.value).toEqual({ n: 2 });
  });
});

describe('pending of an older schema version', () => {
  it('goes out in the new shape: puts, patches, deletes, and chains of them', async () => {
    const first = await life<Todo1>();
    first.atom.put('patched', { text: 'a', done: false, notes });
    first.atom.put('deleted', { text: 'b', done: false });
    first.atom.put('untouched', { text: 'c', done: false });
    await net.flush();
    net.offline(first.atom);
    first.atom.patch('patched', { done: true });
    first.atom.patch('patched', { text: 'A' });
    first.atom.remove('deleted');
    first.atom.put('new', { text: 'n', done: true, notes });
    first.atom.patch('new', { text: 'N' });
    first.atom.swap((docs) =>
      docs.with('new', { text: 'last', done: false }).with('other', { text: 'o', done: true }),
    );
    await first.end();

    const { atom, status } = await life(V2);
    const expected = {
      patched: { text: 'A', state: 'done', notes },
      untouched: { text: 'c', state: 'open' },
      new: { text: 'last', state: 'open' },
      other: { text: 'o', state: 'done' },
    };
    expect(atom.value.toJSON()).toEqual(expected);
    expect(status().pending).toBe(0);
    const fresh = await life(V2, { on: new MemoryDisk() });
    expect(fresh.atom.value.toJSON()).toEqual(expected);
    expect(await stored()).toEqual(
      new Map([
        ['patched', 2],
        ['untouched', 1],
        ['new', 2],
        ['other', 2],
      ]),
    );
  });

  it('is there offline, survives another restart, and takes writes on top', async () => {
    const first = await life<Todo1>();
    first.atom.put('k', { text: 'a', done: false, notes });
    await net.flush();
    net.offline(first.atom);
    first.atom.patch('k', { done: true });
    await first.end();
    const second = await life(V2, { online: false });
    second.atom.patch('k', { text: 'b' });
    await second.end();
    const { atom } = await life(V2);
    expect(atom.value.get('k')).toEqual({ text: 'b', state: 'done', notes });
    expect((await life(V2, { on: new MemoryDisk() })).atom.value).toEqual(atom.value);
  });

  it('is counted once when the server had taken it in the old shape', async () => {
    const first = await life<Todo1>();
    first.atom.put('k', { text: 'a', done: false, notes });
    await net.flush();
    first.atom.patch('k', { done: true });
    first.atom.patch('k', { text: 'b' });
    await settle();
    const died = disk.copy();
    await net.flush();
    await first.end();
    const { atom, status } = await life(V2, { on: died });
    expect(atom.value.get('k')).toEqual({ text: 'b', state: 'done', notes });
    expect(status()).toMatchObject({ phase: 'live', pending: 0 });
  });

  it('runs a named swap again that does the same to the new shape', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: false, count: 1 });
    await net.flush();
    net.offline(old.atom);
    old.atom.at('k').swap(toggle);
    old.atom.at('k', 'count', { default: 0 }).swap(inc);
    await old.end();
    const b = await life(V2, { on: new MemoryDisk() });
    b.atom.patch('k', { state: 'done', count: 10 });
    await net.flush();

    const { atom } = await life(V2);
    expect(atom.value.get('k')).toEqual({ text: 'a', state: 'open', count: 11 });
    expect(b.atom.value).toEqual(atom.value);
  });

  it('keeps the outcome of a named swap that brings a doc of the old shape along', async () => {
    const first = await life<Todo1>({}, { online: false });
    first.atom.at('k', { default: { text: '', done: false } }).swap(replace, { text: 'a', done: true });
    await first.end();
    const b = await life(V2, { on: new MemoryDisk() });
    b.atom.put('k', { text: 'first', state: 'open' });
    await net.flush();
    const { atom } = await life(V2);
    expect(atom.value.toJSON()).toEqual({ k: { text: 'a', state: 'done' } });
    expect((await life(V2, { on: new MemoryDisk() })).atom.value).toEqual(atom.value);
  });

  it('that was refused is retried in the new shape', async () => {
    net.refuse();
    const first = await life<Todo1>();
    first.atom.put('k', { text: 'a', done: true });
    await net.flush();
    await first.end();
    net.refuse(() => false);
    const second = await life(V2);
    const [rejected] = rejectedOf(second);
    expect(rejected).toMatchObject({ code: 'FORBIDDEN', schemaVersion: 1 });
    rejected!.retry();
    await net.flush();
    expect((await life(V2, { on: new MemoryDisk() })).atom.value.get('k')).toEqual({
      text: 'a',
      state: 'done',
    });
  });

  it('is offered again in the new shape when a restored server has lost it', async () => {
    const first = await life<Todo1>();
    first.atom.put('before', { text: 'b', done: true });
    await net.flush();
    const backup = net.backup();
    first.atom.put('lost', { text: 'a', done: true });
    first.atom.at('before').swap(replace, { text: 'c', done: true });
    await net.flush();
    await first.end();
    await net.restartServer(backup);
    const { atom } = await life(V2);
    await net.flush();
    expect(atom.value.toJSON()).toEqual({
      before: { text: 'c', state: 'done' },
      lost: { text: 'a', state: 'done' },
    });
    expect((await life(V2, { on: new MemoryDisk() })).atom.value).toEqual(atom.value);
  });
});

describe('what an upgraded program wrote', () => {
  it('is offered again in its own shape when a restored server has lost it', async () => {
    const backup = net.backup();
    const first = await life(V2);
    first.atom.put('k', { text: 'a', state: 'open', notes });
    await net.flush();
    first.atom.patch('k', { state: 'done' });
    await net.flush();
    await first.end();
    await net.restartServer(backup);
    const { atom } = await life(V2);
    await net.flush();
    expect(atom.value.toJSON()).toEqual({ k: { text: 'a', state: 'done', notes } });
    expect((await life(V2, { on: new MemoryDisk() })).atom.value).toEqual(atom.value);
  });
});

describe('a migration that fails', () => {
  const bad = { text: 'bad', done: 'perhaps' } as unknown as Todo1;

  it('leaves the doc where it is, out of value, and says so; writes to it are refused', async () => {
    const first = await life<Todo1>();
    first.atom.put('bad', bad);
    first.atom.put('good', { text: 'good', done: true });
    await net.flush();
    await first.end();
    const { atom, status } = await life(V2);
    expect([...atom.value.keys()]).toEqual(['good']);
    expect(status()).toMatchObject({ phase: 'live', error: { code: 'MIGRATION_FAILED' } });
    expect(status().error!.message).toMatch(/'bad'.*'g'.*version 1 to 2: done is perhaps.*migrate\[1\]/s);
    expect(() => atom.put('bad', { text: 'over', state: 'open' })).toThrow(
      expect.objectContaining({ code: 'MIGRATION_FAILED' }),
    );
    atom.patch('good', { text: 'better' });
    await net.flush();
    expect(await stored()).toEqual(
      new Map([
        ['bad', 1],
        ['good', 2],
      ]),
    );
  });

  it('is over when the doc can be read: a better step, or a write by who can', async () => {
    const old = await life<Todo1>();
    old.atom.put('bad', bad);
    await net.flush();
    const { atom, status, end } = await life(V2, { on: new MemoryDisk() });
    old.atom.patch('bad', { done: true });
    await net.flush();
    expect(atom.value.get('bad')).toEqual({ text: 'bad', state: 'done' });
    expect(status().error).toBeUndefined();
    await end();

    old.atom.put('worse', bad);
    await net.flush();
    await old.end();
    const better = await life<Todo2>({
      version: 2,
      migrate: { 1: (doc) => ({ ...(doc as Todo2), state: 'open' }) },
    });
    expect(better.atom.value.get('worse')).toMatchObject({ state: 'open' });
  });

  it('of a pending write refuses it, with what it was; those behind it go on', async () => {
    const first = await life<Todo1>({}, { online: false });
    first.atom.put('bad', bad);
    first.atom.put('good', { text: 'good', done: true });
    await first.end();
    const second = await life(V2);
    expect(second.atom.value.toJSON()).toEqual({ good: { text: 'good', state: 'done' } });
    expect(second.status()).toMatchObject({ phase: 'live', pending: 0 });
    expect(rejectedOf(second)).toMatchObject([
      { code: 'MIGRATION_FAILED', schemaVersion: 1, docs: new Map([['bad', bad]]) },
    ]);
    expect(() => rejectedOf(second)[0]!.retry()).toThrow(
      expect.objectContaining({ code: 'MIGRATION_FAILED' }),
    );
    expect(rejectedOf(second)).toHaveLength(1);
  });

  it('of a doc that an own write waits on refuses that write by name', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: true });
    await net.flush();
    const two = await life(V2, { on: new MemoryDisk() });
    net.offline(two.atom);
    two.atom.at('k').swap((todo) => ({ ...todo, text: 'mine' }));
    two.atom.patch('k', { text: 'data' });
    old.atom.put('k', bad);
    await net.flush();
    net.online(two.atom);
    await net.flush();
    expect(rejectedOf(two).map(({ code }) => code)).toEqual(['MIGRATION_FAILED', 'MIGRATION_FAILED']);
    expect(old.atom.value.get('k')).toEqual(bad);
  });

  it.each([
    ['gives undefined', (): unknown => undefined, /gave undefined/],
    ['gives what cannot be carried', async (): Promise<unknown> => ({}), /Cannot carry/],
    ['is missing', undefined, /no step 1/],
  ])('because a step %s says why', async (_, step, why) => {
    const old = await life<unknown>();
    old.atom.put('k', 1);
    await net.flush();
    await old.end();
    const { status } = await life<unknown>(step ? { version: 2, migrate: { 1: step } } : { version: 2 });
    expect(status().error).toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringMatching(why) });
  });
});

describe('programs of two schema versions', () => {
  interface Both {
    readonly text: string;
    readonly notes?: string;
    readonly tags?: readonly string[];
  }
  const two: SyncedAtomOptions<Both> = {
    version: 2,
    migrate: { 1: (doc) => ({ ...(doc as Both), tags: [] }) },
  };
  const declare = (version: number, compatibleWith?: number): void => {
    const features = new Features([
      { group: 'g', version, ...(compatibleWith === undefined ? {} : { compatibleWith }) },
    ]);
    net = createTestNet({ server: { features } });
  };

  it.each([
    ['whole docs', ''],
    ['patches', notes],
  ])('work side by side where the server says so, and lose no field, in %s', async (_, long) => {
    declare(2, 1);
    const old = await life<Both>();
    const b = await life(two, { on: new MemoryDisk() });
    old.atom.put('k', { text: 'a', notes: long });
    await net.flush();
    b.atom.patch('k', { tags: ['x'] });
    await net.flush();
    expect(old.atom.value.get('k')).toEqual({ text: 'a', notes: long, tags: ['x'] });
    old.atom.patch('k', { text: 'b' });
    old.atom.at('k').swap((doc) => ({ ...doc, text: `${doc.text}!` }));
    await net.flush();
    expect(b.atom.value.get('k')).toEqual({ text: 'b!', notes: long, tags: ['x'] });
    expect(await stored()).toEqual(new Map([['k', 2]]));
    expect(old.status()).toMatchObject({ phase: 'live', pending: 0 });
    expect(old.status().error).toBeUndefined();
  });

  it('work side by side, and what the older one has pending of a newer doc is not migrated again', async () => {
    declare(2, 1);
    const b = await life(two, { on: new MemoryDisk() });
    b.atom.put('k', { text: 'a', tags: ['x'] });
    const old = await life<Both>();
    net.offline(old.atom);
    old.atom.patch('k', { text: 'b' });
    old.atom.put('new', { text: 'n' });
    await old.end();
    const { atom } = await life(two);
    expect(atom.value.toJSON()).toEqual({ k: { text: 'b', tags: ['x'] }, new: { text: 'n', tags: [] } });
    expect(b.atom.value).toEqual(atom.value);
  });

  it('work side by side also when the older one starts offline', async () => {
    declare(2, 1);
    const b = await life(two, { on: new MemoryDisk() });
    b.atom.put('k', { text: 'a', tags: ['x'] });
    const first = await life<Both>();
    await first.end();
    const { atom } = await life<Both>({}, { online: false });
    atom.patch('k', { text: 'b' });
    net.online(atom);
    await net.flush();
    expect(b.atom.value.get('k')).toEqual({ text: 'b', tags: ['x'] });
  });

  it('do not where the server says no: the older one is told, keeps what is pending, and delivers it once upgraded', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: false, notes });
    await net.flush();
    net.offline(old.atom);
    old.atom.patch('k', { done: true });
    old.atom.put('new', { text: 'n', done: false });
    await old.end();
    const data = net.backup();
    await net.close();
    declare(2);
    await net.restartServer(data);

    const refused = await life<Todo1>();
    expect(refused.status()).toMatchObject({
      phase: 'refused',
      pending: 2,
      error: { code: 'UPGRADE_REQUIRED' },
    });
    expect(refused.atom.value.get('k')).toEqual({ text: 'a', done: true, notes });
    await refused.end();

    const { atom, status } = await life(V2);
    expect(status()).toMatchObject({ phase: 'live', pending: 0 });
    expect((await life(V2, { on: new MemoryDisk() })).atom.value.toJSON()).toEqual({
      k: { text: 'a', state: 'done', notes },
      new: { text: 'n', state: 'open' },
    });
    expect(atom.value.size).toBe(2);
  });

  it('do not where the server says nothing: the older one stops at the first newer doc, and overwrites nothing', async () => {
    const old = await life<Todo1>();
    old.atom.put('k', { text: 'a', done: false });
    await net.flush();
    net.offline(old.atom);
    old.atom.patch('k', { text: 'pending' });
    const b = await life(V2, { on: new MemoryDisk() });
    b.atom.patch('k', { state: 'done' });
    b.atom.put('other', { text: 'o', state: 'open' });
    await net.flush();
    net.online(old.atom);
    await net.flush();
    expect(old.status()).toMatchObject({ phase: 'refused', pending: 1, error: { code: 'UPGRADE_REQUIRED' } });
    expect(old.status().error!.message).toMatch(/'k'.*'g'.*version 2.*knows 1.*Upgrade/s);
    expect(old.atom.value.toJSON()).toEqual({ k: { text: 'pending', done: false } });
    old.atom.put('later', { text: 'later', done: false });
    await net.flush();
    expect(b.atom.value.size).toBe(2);
    await old.end();

    const upgraded = await life(V2);
    expect(upgraded.status()).toMatchObject({ phase: 'live', pending: 0 });
    expect(b.atom.value.toJSON()).toEqual({
      k: { text: 'pending', state: 'done' },
      other: { text: 'o', state: 'open' },
      later: { text: 'later', state: 'open' },
    });
  });

  it('stop the older one also live, at a commit', async () => {
    const old = await life<Todo1>();
    const b = await life(V2, { on: new MemoryDisk() });
    b.atom.put('k', { text: 'a', state: 'open' });
    await net.flush();
    expect(old.status()).toMatchObject({ phase: 'refused', error: { code: 'UPGRADE_REQUIRED' } });
    b.atom.put('k2', { text: 'a', state: 'open' });
    old.atom.put('old', { text: 'old', done: false });
    await net.flush();
    expect([...old.atom.value.keys()]).toEqual(['old']);
    expect(b.atom.value.has('old')).toBe(false);
    net.cut(old.atom);
    await net.flush();
    expect(old.status().phase).toBe('refused');
  });

  it('keep an older one out of a store that a newer one has written', async () => {
    const first = await life(V2);
    first.atom.put('k', { text: 'a', state: 'open' });
    await net.flush();
    net.offline(first.atom);
    first.atom.patch('k', { text: 'pending' });
    await first.end();

    const client = net.client({ disk });
    const atom = net.atom<Todo1>(client, 'g');
    let status!: SyncStatus;
    atom.status$.subscribe((now) => (status = now));
    atom.put('early', { text: 'early', done: false });
    await net.flush();
    expect(status).toMatchObject({ phase: 'refused', error: { code: 'UPGRADE_REQUIRED' } });
    expect(atom.value.size).toBe(0);
    expect(() => atom.put('k', { text: 'over', done: false })).toThrow(
      expect.objectContaining({ code: 'UPGRADE_REQUIRED' }),
    );
    await client.sync.close();

    const again = await life(V2);
    expect(again.atom.value.toJSON()).toEqual({ k: { text: 'pending', state: 'open' } });
    expect(again.status()).toMatchObject({ phase: 'live', pending: 0 });
    const [rejected] = rejectedOf(again);
    expect(rejected).toMatchObject({ code: 'UPGRADE_REQUIRED' });
    rejected!.retry();
    expect(again.atom.value.get('early')).toEqual({ text: 'early', state: 'open' });
  });
});

describe('options that cannot work are refused at once', () => {
  const step = (doc: unknown): unknown => doc;
  it.each([
    [{ version: 0 }, /version is a whole number/],
    [{ version: 1.5 }, /version is a whole number/],
    [{ migrate: { 1: step } }, /migrate\[1\] leads nowhere/],
    [{ version: 2, migrate: { 0: step } }, /migrate\[0\] leads nowhere/],
    [{ version: 4, migrate: { 1: step, 3: step } }, /migrate\[2\] is missing/],
    [{ version: 3, migrate: { 1: step } }, /migrate\[2\] is missing/],
  ])('%j', (options, message) => {
    expect(() => net.atom(net.client(), 'g', options)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) }),
    );
  });

  it('and steps may begin with a later version', async () => {
    const client = net.client();
    net.atom(client, 'g', { version: 3, migrate: { 2: step } });
    await net.flush();
  });
});
