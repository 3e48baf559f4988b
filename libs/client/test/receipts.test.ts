import { assoc, inc } from '@atomsync/atom';
import { MemoryDisk, type Receipt, type ReceiptStatus, type SyncedAtom } from '@atomsync/client';
import { createTestNet, settle, type TestNet } from '@atomsync/testing';

let net: TestNet;
let a: SyncedAtom<number>;
let b: SyncedAtom<number>;
beforeEach(async () => {
  net = createTestNet();
  [a, b] = net.atoms<number>('g', 2) as [SyncedAtom<number>, SyncedAtom<number>];
  await net.flush();
});
afterEach(() => net.close());

const record = (receipt: Receipt<unknown>): ReceiptStatus[] => {
  const all: ReceiptStatus[] = [];
  receipt.status$.subscribe((status) => all.push(status));
  return all;
};
/** What a promise has come to by now. */
const watch = <T>(promise: Promise<T>): { done?: T; failed?: unknown } => {
  const state: { done?: T; failed?: unknown } = {};
  promise.then(
    (done) => (state.done = done),
    (failed: unknown) => (state.failed = failed),
  );
  return state;
};
/** Makes everything durable, also what waits for its turn. */
const writeOut = async (disk: MemoryDisk): Promise<void> => {
  for (; disk.waiting > 0; await settle()) disk.flush();
};
const put = (key: string, n: number) => (docs: typeof a.value) => docs.with(key, n);

describe('a receipt', () => {
  it('has the value at once', () => {
    const receipt = a.transact(assoc, 'n', 1);
    expect(receipt.value).toBe(a.value);
    expect(receipt.value.get('n')).toBe(1);
  });

  it('goes from pending over durable to accepted, and completes', async () => {
    const receipt = a.transact(put('n', 1));
    const statuses = record(receipt);
    let completed = false;
    receipt.status$.subscribe({ complete: () => (completed = true) });
    expect(statuses).toEqual([{ phase: 'pending' }]);
    await net.flush();
    expect(statuses).toEqual([
      { phase: 'pending' },
      { phase: 'durable' },
      { phase: 'accepted', version: 1, rebased: 0 },
    ]);
    expect(completed).toBe(true);
  });

  it('is durable when the store has it, and accepted when the server has', async () => {
    net.offline(a);
    const receipt = a.transact(put('n', 1));
    const [durable, accepted] = [watch(receipt.durable), watch(receipt.accepted)];
    expect([durable, accepted]).toEqual([{}, {}]);
    await settle();
    expect(durable).toHaveProperty('done');
    expect(accepted).toEqual({});
    net.online(a);
    await net.flush();
    expect(accepted.done).toEqual({ version: 1, rebased: 0 });
  });

  it('is not durable before the store says so', async () => {
    const disk = new MemoryDisk({ manual: true });
    const slow = net.atom<number>(net.client({ disk }), 'g');
    await net.flush();
    await writeOut(disk);
    const receipt = slow.transact(put('n', 1));
    const durable = watch(receipt.durable);
    await net.flush();
    expect(durable).toEqual({});
    expect(b.value.has('n')).toBe(false);
    await writeOut(disk);
    await net.flush();
    expect(durable).toHaveProperty('done');
    expect(b.value.get('n')).toBe(1);
  });

  it('tells the version of its commit, and how often it was rebased', async () => {
    net.offline(a);
    const receipt = a.transact((docs) => docs.with('n', (docs.get('n') ?? 0) + 1));
    const accepted = watch(receipt.accepted);
    b.put('n', 10);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.done).toEqual({ version: 2, rebased: 1 });
    expect(a.value.get('n')).toBe(11);
  });

  it('is accepted at once when the transaction came to nothing', async () => {
    const receipt = a.transact((docs) => docs);
    expect(record(receipt)).toEqual([{ phase: 'accepted', version: 0, rebased: 0 }]);
    await expect(receipt.durable).resolves.toBeUndefined();
    await expect(receipt.accepted).resolves.toEqual({ version: 0, rebased: 0 });
  });

  it('rejects with the code of the refusal, and the write is rolled back', async () => {
    net.refuse(({ key }) => key === 'secret');
    const receipt = a.transact(put('secret', 1));
    const [durable, accepted, statuses] = [watch(receipt.durable), watch(receipt.accepted), record(receipt)];
    await net.flush();
    expect(durable).toHaveProperty('done');
    expect(accepted.failed).toMatchObject({ name: 'ClientError', code: 'FORBIDDEN' });
    expect(statuses.at(-1)).toMatchObject({ phase: 'refused', error: { code: 'FORBIDDEN' } });
    expect(a.value.size).toBe(0);
  });

  it('rejects with CLOSED when the group is closed first', async () => {
    net.offline(a);
    const receipt = a.transact(put('n', 1));
    const accepted = watch(receipt.accepted);
    await settle();
    a.close();
    await settle();
    expect(accepted.failed).toMatchObject({ code: 'CLOSED' });
  });

  it('causes no unhandled rejection, asked for or not', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    net.refuse();
    a.transact(put('n', 1));
    void a.transact(put('m', 1)).accepted;
    const closed = net.atom<number>(net.client(), 'other');
    void closed.transact(put('n', 1)).durable;
    void closed.transact(put('n', 2)).accepted;
    closed.close();
    await net.flush();
    await settle();
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('throws what a swap throws, and nothing is pending', () => {
    expect(() =>
      a.transact(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(() => a.transact(put('', 1))).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
    let pending = NaN;
    a.pending$.subscribe((count) => (pending = count));
    expect(pending).toBe(0);
  });
});

describe("ifStale: 'reject'", () => {
  it('refuses with STALE when others wrote first to what it depends on', async () => {
    a.put('n', 1);
    await net.flush();
    net.offline(a);
    const receipt = a.transact({ ifStale: 'reject' }, (docs) => docs.update('n', (n) => n + 1));
    const accepted = watch(receipt.accepted);
    b.put('n', 10);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.failed).toMatchObject({ code: 'STALE' });
    expect((accepted.failed as Error).message).toContain("'n'");
    expect([a.value.get('n'), b.value.get('n')]).toEqual([10, 10]);
  });

  it('refuses also when it only read what others wrote', async () => {
    net.offline(a);
    const receipt = a.transact({ ifStale: 'reject' }, (docs) => docs.with('m', docs.get('n') ?? 0));
    const accepted = watch(receipt.accepted);
    b.put('n', 10);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.failed).toMatchObject({ code: 'STALE' });
    expect(a.value.toJSON()).toEqual({ n: 10 });
  });

  it('is accepted when others wrote elsewhere', async () => {
    net.offline(a);
    const accepted = watch(a.transact({ ifStale: 'reject' }, put('m', 1)).accepted);
    b.put('n', 10);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.done).toEqual({ version: 2, rebased: 0 });
  });

  it('does not take the writes behind it along', async () => {
    a.put('n', 1);
    await net.flush();
    net.offline(a);
    a.transact({ ifStale: 'reject' }, (docs) => docs.update('n', (n) => n + 100));
    a.at('n').swap(inc);
    a.put('m', 1);
    b.put('n', 10);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(a.value.toJSON()).toEqual({ m: 1, n: 11 });
    expect(b.value.toJSON()).toEqual({ m: 1, n: 11 });
  });
});

describe('expiresAt', () => {
  it('refuses with EXPIRED what the server gets after it', async () => {
    net.offline(a);
    const late = watch(a.transact({ expiresAt: net.clock.now() + 1_000 }, put('n', 1)).accepted);
    await net.flush(5_000);
    net.online(a);
    await net.flush();
    expect(late.failed).toMatchObject({ code: 'EXPIRED' });
    expect(a.value.size).toBe(0);
  });

  it('is of no effect when the server gets it in time', async () => {
    const inTime = watch(a.transact({ expiresAt: net.clock.now() + 1_000 }, put('n', 1)).accepted);
    await net.flush();
    expect(inTime.done).toEqual({ version: 1, rebased: 0 });
  });

  it('counts by the server’s clock, however wrong the own one is', async () => {
    const year = 365 * 24 * 3600 * 1000;
    const now = (): number => net.clock.now() + year;
    const wrong = net.atom<number>(net.client({ now }), 'g');
    await net.flush();
    const inTime = watch(wrong.transact({ expiresAt: now() + 1_000 }, put('n', 1)).accepted);
    await net.flush();
    expect(inTime.done).toBeDefined();
    net.offline(wrong);
    const late = watch(wrong.transact({ expiresAt: now() + 1_000 }, put('n', 2)).accepted);
    await net.flush(5_000);
    net.online(wrong);
    await net.flush();
    expect(late.failed).toMatchObject({ code: 'EXPIRED' });
  });
});

describe("reads: 'group'", () => {
  const count = (docs: typeof a.value) => docs.with('count', docs.size);

  it('runs again when anything in the group has changed', async () => {
    net.offline(a);
    const accepted = watch(a.transact({ reads: 'group' }, count).accepted);
    b.put('x', 1);
    b.put('y', 1);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.done).toMatchObject({ version: 3 });
    expect(b.value.get('count')).toBe(2);
  });

  it("with ifStale: 'reject' is refused when anything in the group has changed", async () => {
    net.offline(a);
    const accepted = watch(a.transact({ reads: 'group', ifStale: 'reject' }, put('n', 1)).accepted);
    b.put('x', 1);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(accepted.failed).toMatchObject({ code: 'STALE' });
  });

  it('keeps an invariant of the whole group, whoever is first', async () => {
    const join = (name: string) => (docs: typeof a.value) => (docs.size < 3 ? docs.with(name, 1) : docs);
    for (const [atom, name] of [
      [a, 'a'],
      [b, 'b'],
    ] as const)
      for (let i = 0; i < 3; i++) atom.transact({ reads: 'group' }, join(`${name}${i}`));
    await net.flush();
    expect(b.value.size).toBe(3);
    expect(a.value).toEqual(b.value);
  });
});
