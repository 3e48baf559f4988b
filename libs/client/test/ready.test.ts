import { DocMap, inc } from '@atomsync/atom';
import { MemoryDisk, type Conflict, type SyncedAtom } from '@atomsync/client';
import { createTestNet, settle, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

/** Whether `ready()` has resolved by now. */
const watchReady = (atom: SyncedAtom<number>): (() => boolean) => {
  let ready = false;
  void atom.ready().then(() => (ready = true));
  return () => ready;
};

/** A disk on which an earlier life left docs, all of them known to the server. */
const usedDisk = async (docs: Record<string, number>): Promise<MemoryDisk> => {
  const disk = new MemoryDisk();
  const client = net.client({ disk });
  const atom = net.atom<number>(client, 'g');
  await net.flush();
  for (const [key, n] of Object.entries(docs)) atom.put(key, n);
  await net.flush();
  await client.sync.close();
  return disk;
};

describe('ready', () => {
  it('resolves on a group that the server knows nothing of', async () => {
    const [a] = net.atoms<number>('g', 1);
    const ready = watchReady(a!);
    await net.flush();
    expect(ready()).toBe(true);
    expect(a!.value.size).toBe(0);
  });

  it('resolves with what the server has', async () => {
    await usedDisk({ n: 1 });
    const [a] = net.atoms<number>('g', 1);
    const sizes: number[] = [];
    void a!.ready().then(() => sizes.push(a!.value.size));
    await net.flush();
    expect(sizes).toEqual([1]);
  });

  it('waits for the server where the local store is empty', async () => {
    const client = net.client();
    client.cable.down = true;
    const a = net.atom<number>(client, 'g');
    const ready = watchReady(a);
    await net.flush();
    expect(ready()).toBe(false);
    net.online(a);
    await net.flush();
    expect(ready()).toBe(true);
  });

  it('resolves from the local store alone while offline', async () => {
    const disk = await usedDisk({ n: 1 });
    const client = net.client({ disk });
    client.cable.down = true;
    const a = net.atom<number>(client, 'g');
    await a.ready();
    expect(a.value.toJSON()).toEqual({ n: 1 });
  });

  it('resolves at once when it is asked for again', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const ready = watchReady(a!);
    await settle();
    expect(ready()).toBe(true);
  });
});

describe('before ready', () => {
  it('a reset of the whole group is refused, and changes nothing', async () => {
    const [a] = net.atoms<number>('g', 1);
    a!.put('early', 1);
    expect(() => a!.reset(DocMap.empty())).toThrow(expect.objectContaining({ code: 'NOT_READY' }));
    expect(a!.value.toJSON()).toEqual({ early: 1 });
    await net.flush();
    a!.reset(DocMap.from({ n: 2 }));
    await net.flush();
    expect(a!.value.toJSON()).toEqual({ n: 2 });
  });

  it('writes show at once and join what the server has', async () => {
    await usedDisk({ n: 1 });
    const [a] = net.atoms<number>('g', 1);
    a!.put('early', 1);
    expect(a!.value.toJSON()).toEqual({ early: 1 });
    await net.flush();
    expect(a!.value.toJSON()).toEqual({ early: 1, n: 1 });
    await expect(a!.settled()).resolves.toBeUndefined();
  });

  it('writes show at once and join what the local store has, also offline', async () => {
    const disk = await usedDisk({ n: 1 });
    const client = net.client({ disk });
    client.cable.down = true;
    const a = net.atom<number>(client, 'g');
    a.put('early', 1);
    await a.ready();
    expect(a.value.toJSON()).toEqual({ early: 1, n: 1 });
  });

  it('a swap runs again on the doc that is loaded', async () => {
    await usedDisk({ n: 10 });
    const [a] = net.atoms<number>('g', 1);
    a!.at('n', { default: 0 }).swap(inc);
    a!.at('n', { default: 0 }).swap((n) => n * 2);
    expect(a!.value.get('n')).toBe(2);
    await net.flush();
    expect(a!.value.get('n')).toBe(22);
    const [b] = net.atoms<number>('g', 1);
    await net.flush();
    expect(b!.value.get('n')).toBe(22);
  });

  it('a put over a doc that is loaded later is a conflict, and reported', async () => {
    const disk = await usedDisk({ n: 10 });
    const a = net.atom<number>(net.client({ disk }), 'g');
    const reports: Conflict[] = [];
    a.conflicts$.subscribe((conflict) => reports.push(conflict));
    a.put('n', 1);
    await net.flush();
    expect(a.value.get('n')).toBe(1);
    expect(reports).toMatchObject([
      { key: 'n', path: [], base: undefined, mine: 1, theirs: 10, kept: 'mine' },
    ]);
  });
});
