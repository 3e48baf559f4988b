import { assoc, defineSwap, inc, update } from '@atomsync/atom';
import { MemoryDisk, type Conflict, type Rejected, type SyncedAtom } from '@atomsync/client';
import { createTestNet, settle, type TestClient, type TestNet } from '@atomsync/testing';

let net: TestNet;
let disk: MemoryDisk;
beforeEach(() => {
  net = createTestNet();
  disk = new MemoryDisk();
});
afterEach(() => net.close());

const start = async <D>(online = true): Promise<{ client: TestClient; atom: SyncedAtom<D> }> => {
  const client = net.client({ disk });
  client.cable.down = !online;
  const atom = net.atom<D>(client, 'g');
  await net.flush();
  return { client, atom };
};
const other = async <D>(): Promise<SyncedAtom<D>> => {
  const atom = net.atom<D>(net.client(), 'g');
  await net.flush();
  return atom;
};
const times10 = defineSwap('test.times10', (n: number) => n * 10);

describe('after a restart', () => {
  it('docs and pending writes are there, also offline', async () => {
    const first = await start<number>();
    first.atom.put('confirmed', 1);
    await net.flush();
    net.offline(first.atom);
    first.atom.put('pending', 2);
    first.atom.at('confirmed').swap(inc);
    await settle();
    await first.client.sync.close();

    const { atom } = await start<number>(false);
    await atom.ready();
    expect(atom.value.toJSON()).toEqual({ confirmed: 2, pending: 2 });
    let pending = NaN;
    atom.pending$.subscribe((count) => (pending = count));
    expect(pending).toBe(2);
  });

  it('a process that died leaves what was durable', async () => {
    disk = new MemoryDisk({ manual: true });
    const first = await start<number>(false);
    first.atom.put('durable', 1);
    await settle();
    for (; disk.waiting > 0; await settle()) disk.flush();
    first.atom.put('not durable', 1);
    await settle();

    const { atom } = await start<number>(false);
    expect([...atom.value.keys()]).toEqual(['durable']);
  });

  it('pending writes go out, before those of the new life', async () => {
    const first = await start<number>(false);
    first.atom.put('n', 1);
    await settle();
    await first.client.sync.close();
    const { atom } = await start<number>(false);
    atom.at('n').swap((n) => n + 1);
    net.online(atom);
    await net.flush();
    expect((await other<number>()).value.toJSON()).toEqual({ n: 2 });
    await atom.settled();
  });

  it('named swaps run again on what others wrote meanwhile', async () => {
    const b = await other<number>();
    b.put('n', 1);
    const first = await start<number>();
    net.offline(first.atom);
    first.atom.at('n').swap(inc, 4);
    first.atom.swap(update, 'n', times10);
    first.atom.swap(update, 'n', inc, 1);
    expect(first.atom.value.get('n')).toBe(51);
    await settle();
    await first.client.sync.close();
    b.put('n', 2);
    await net.flush();

    const { atom } = await start<number>();
    expect([atom.value.get('n'), b.value.get('n')]).toEqual([61, 61]);
  });

  it('named swaps run again also on what is absent, with their default', async () => {
    const first = await start<number>(false);
    first.atom.at('n', { default: 100 }).swap(inc);
    await settle();
    await first.client.sync.close();
    const b = await other<number>();
    b.at('n', { default: 100 }).swap(inc);
    await net.flush();
    const { atom } = await start<number>();
    expect([atom.value.get('n'), b.value.get('n')]).toEqual([102, 102]);
  });

  it('plain functions are data: merged field by field, and reported where they meet another write', async () => {
    const b = await other<{ n: number; text: string }>();
    b.put('k', { n: 1, text: 'base' });
    const first = await start<{ n: number; text: string }>();
    net.offline(first.atom);
    first.atom.at('k').swap((doc) => ({ ...doc, n: doc.n + 1 }));
    await settle();
    await first.client.sync.close();
    b.put('k', { n: 5, text: 'theirs' });
    await net.flush();

    const client = net.client({ disk });
    const atom = net.atom<{ n: number; text: string }>(client, 'g');
    const reports: Conflict[] = [];
    atom.conflicts$.subscribe((conflict) => reports.push(conflict));
    await net.flush();
    expect(b.value.get('k')).toEqual({ n: 2, text: 'theirs' });
    expect(reports).toMatchObject([{ path: [{ key: 'n' }], base: 1, mine: 2, theirs: 5, kept: 'mine' }]);
  });

  it('a named swap with an argument that cannot be carried is a plain function', async () => {
    const first = await start<number>();
    first.atom.put('n', 1);
    await net.flush();
    net.offline(first.atom);
    first.atom.swap(update, 'n', (n: number) => n + 1);
    await settle();
    await first.client.sync.close();
    const { atom } = await start<number>();
    expect(atom.value.get('n')).toBe(2);
    await atom.settled();
  });

  it('terms still hold', async () => {
    const b = await other<number>();
    const first = await start<number>(false);
    first.atom.transact({ ifStale: 'reject' }, assoc, 'n', 1);
    first.atom.transact({ expiresAt: net.clock.now() + 1_000 }, assoc, 'm', 1);
    await settle();
    await first.client.sync.close();
    b.put('n', 5);
    await net.flush();
    const { client, atom } = await start<number>();
    let rejected: readonly Rejected[] = [];
    client.sync.rejected$.subscribe((list) => (rejected = list));
    expect(atom.value.toJSON()).toEqual({ n: 5 });
    expect(rejected.map(({ code }) => code).sort()).toEqual(['EXPIRED', 'STALE']);
  });

  it('refused writes are still in rejected$, until the app takes or drops them', async () => {
    net.refuse(({ action, key }) => action === 'write' && key !== 'n');
    const first = await start<number>();
    first.atom.put('n', 1);
    first.atom.put('x', 1);
    first.atom.put('y', 2);
    await net.flush();
    await first.client.sync.close();
    net.refuse(() => false);

    const second = await start<number>();
    let rejected: readonly Rejected[] = [];
    second.client.sync.rejected$.subscribe((list) => (rejected = list));
    expect(rejected).toMatchObject([
      { group: 'g', code: 'FORBIDDEN', docs: new Map([['x', 1]]) },
      { group: 'g', code: 'FORBIDDEN', docs: new Map([['y', 2]]) },
    ]);
    const [x, y] = rejected;
    x!.retry();
    y!.drop();
    expect(rejected).toEqual([]);
    await net.flush();
    expect((await other<number>()).value.toJSON()).toEqual({ n: 1, x: 1 });
    await second.client.sync.close();

    const third = await start<number>();
    third.client.sync.rejected$.subscribe((list) => (rejected = list));
    expect(rejected).toEqual([]);
    expect(third.atom.value.toJSON()).toEqual({ n: 1, x: 1 });
  });

  it('a write whose answer was lost counts once', async () => {
    net = createTestNet({ latency: 100 });
    const first = await start<number>();
    first.atom.put('n', 1);
    await net.flush();
    first.atom.at('n').swap(inc);
    await net.flush(150);
    first.client.cable.cut();
    await first.client.sync.close();
    const { atom } = await start<number>();
    expect(atom.value.get('n')).toBe(2);
    await atom.settled();
  });
});
