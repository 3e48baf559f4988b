import {
  MemoryDisk,
  memoryLocalStore,
  type Conflict,
  type LocalStore,
  type Rejected,
} from '@atomsync/client';
import { DEFAULT_LIMITS } from '@atomsync/protocol';
import { createTestNet, settle, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

it('a receipt tells what became of it also to who asks afterwards', async () => {
  const [a] = net.atoms<number>('g', 1);
  await net.flush();
  const receipt = a!.transact((docs) => docs.with('n', 1));
  await net.flush();
  await expect(receipt.accepted).resolves.toEqual({ version: 1, rebased: 0 });
});

it('a client closed right after a write keeps it in the store', async () => {
  const disk = new MemoryDisk();
  const first = net.client({ disk });
  const a = net.atom<number>(first, 'g');
  await net.flush();
  a.put('n', 1);
  await first.sync.close();
  const b = net.atom<number>(net.client({ disk }), 'g');
  await net.flush();
  expect(b.value.get('n')).toBe(1);
});

it('a write made before the store was read survives a close', async () => {
  const client = net.client();
  const first = net.atom<number>(client, 'g');
  first.put('n', 1);
  first.close();
  await net.flush();
  const again = net.atom<number>(client, 'g');
  await net.flush();
  expect(again.value.get('n')).toBe(1);
});

it('a group can be opened again while its store is still closing', async () => {
  const inner = memoryLocalStore();
  const store: LocalStore = {
    open: async (name) => {
      const g = await inner.open(name);
      const close = async (): Promise<void> => (await settle(), g.close());
      return { load: () => g.load(), append: (batch) => g.append(batch), close };
    },
    groups: () => inner.groups(),
    wipe: () => inner.wipe(),
    close: () => inner.close(),
  };
  const client = net.client({ store });
  const first = net.atom<number>(client, 'g');
  await net.flush();
  first.close();
  const again = net.atom<number>(client, 'g');
  const errors: unknown[] = [];
  again.status$.subscribe(({ error }) => error && errors.push(error.code));
  await net.flush();
  expect(errors).toEqual([]);
});

it('a group opened long after the connection knows the time of the server', async () => {
  const client = net.client();
  net.atom<number>(client, 'early');
  await net.flush();
  const late = net.atom<number>(client, 'late');
  await net.flush();
  const accepted = late.transact({ expiresAt: net.clock.now() + 1_000 }, (docs) =>
    docs.with('n', 1),
  ).accepted;
  await net.flush();
  await expect(accepted).resolves.toMatchObject({ version: 1 });
});

it('a write larger than a frame is refused, and those behind it go through', async () => {
  await net.close();
  net = createTestNet({ server: { limits: { ...DEFAULT_LIMITS, maxFrame: 4000, maxDoc: 3000 } } });
  const [a, b] = net.atoms<string>('g', 2);
  await net.flush();
  a!.put('large', 'x'.repeat(5000));
  a!.put('small', 'y');
  await net.flush();
  expect(b!.value.toJSON()).toEqual({ small: 'y' });
});

it('a rejected write is listed once, also when its group is opened again', async () => {
  net.refuse();
  const client = net.client();
  let rejected: readonly Rejected[] = [];
  client.sync.rejected$.subscribe((list) => (rejected = list));
  const a = net.atom<number>(client, 'g');
  await net.flush();
  a.put('n', 1);
  await net.flush();
  a.close();
  await settle();
  net.atom<number>(client, 'g');
  await net.flush();
  expect(rejected).toHaveLength(1);
});

it('a rejected write is not lost by a retry while its group is closed', async () => {
  net.refuse();
  const client = net.client();
  let rejected: readonly Rejected[] = [];
  client.sync.rejected$.subscribe((list) => (rejected = list));
  const a = net.atom<number>(client, 'g');
  await net.flush();
  a.put('n', 1);
  await net.flush();
  a.close();
  await settle();
  net.refuse(() => false);
  try {
    rejected[0]!.retry();
  } catch {
    // saying CLOSED would do
  }
  expect(rejected).toHaveLength(1);
});

it('a conflict says what it declares and no more', async () => {
  const [a, b] = net.atoms<number>('g', 2);
  const reports: Conflict[] = [];
  a!.conflicts$.subscribe((conflict) => reports.push(conflict));
  await net.flush();
  net.offline(a!);
  a!.put('n', 1);
  b!.put('n', 2);
  await net.flush();
  net.online(a!);
  await net.flush();
  expect(reports[0]).not.toHaveProperty('mutation');
});
