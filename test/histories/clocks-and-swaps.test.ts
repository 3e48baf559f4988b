import { defineSwap, inc, type StandardSchemaV1 } from '@atomsync/atom';
import type { Conflict, Rejected, SyncedAtom } from '@atomsync/client';
import { Features } from '@atomsync/server';
import { createTestNet, type TestNet, type TestNetOptions } from '@atomsync/testing';

let net: TestNet;
const open = (options?: TestNetOptions): TestNet => (net = createTestNet(options));
afterEach(() => net.close());

const YEAR = 365 * 24 * 3600 * 1000;
const times10 = (x: number): number => x * 10;

/** Numbers up to a most, for a server that is stricter than its clients. */
const atMost = (most: number): StandardSchemaV1<number> => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' && value <= most
        ? { value }
        : { issues: [{ message: `it is above ${most}` }] },
  },
});

describe('15. clock', () => {
  const writers = (jump: () => number): [SyncedAtom<string>, SyncedAtom<string>] => {
    const wrong = net.client({ now: () => net.clock.now() + jump() });
    const options = { onConflict: 'last-write-wins' as const };
    return [net.atom<string>(wrong, 'g', options), net.atom<string>(net.client(), 'g', options)];
  };

  it.each([
    ['a year ahead', YEAR],
    ['a year behind', -YEAR],
  ])('does not decide a conflict by a clock that is %s', async (_, error) => {
    open();
    await net.flush(5 * YEAR);
    const [a, b] = writers(() => error);
    await net.flush();
    net.offline(a);
    net.offline(b);
    a.put('k', 'first, by the wrong clock');
    await net.flush(60_000);
    b.put('k', 'second');
    net.online(b);
    await net.flush();
    net.online(a);
    await net.flush();
    expect([a.value.get('k'), b.value.get('k')]).toEqual(['second', 'second']);

    net.offline(a);
    net.offline(b);
    b.put('k', 'third');
    await net.flush(60_000);
    a.put('k', 'fourth, by the wrong clock');
    net.online(b);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(b.value.get('k')).toBe('fourth, by the wrong clock');
  });

  it('changes nothing but last-write-wins when it jumps', async () => {
    open();
    let jump = YEAR;
    const [a, b] = writers(() => jump);
    await net.flush();
    net.offline(a);
    a.at('n', { default: '' }).swap((text) => `${text}a`);
    jump = -YEAR;
    a.at('n', { default: '' }).swap((text) => `${text}b`);
    b.at('n', { default: '' }).swap((text) => `${text}c`);
    await net.flush();
    net.online(a);
    await net.flush();
    expect(b.value.get('n')).toBe('cab');
    expect(a.value.get('n')).toBe('cab');
  });
});

describe('16. resync under load', () => {
  it('ends equal to the server, with pending rebased', async () => {
    open({ latency: 5 });
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    for (let i = 0; i < 20; i++) b!.put(`k${i}`, 0);
    await net.flush();
    for (let i = 0; i < 10; i++) b!.remove(`k${i}`);
    await net.flush();
    net.offline(a!);
    for (let i = 0; i < 5; i++) a!.at('k15').swap(inc);
    a!.put('mine', 1);
    for (let i = 0; i < 10; i++) b!.put(`more${i}`, i);
    b!.remove('k19');
    await net.flush();
    // The horizon passes A by: its cursor holds no longer.
    const hub = await net.hub;
    await hub.purge('g', 1_000);
    net.online(a!);
    for (let i = 0; i < 30; i++) {
      b!.at('k15').swap(inc);
      b!.put(`load${i % 3}`, i);
      await net.flush(3);
    }
    await net.flush();
    const [fresh] = net.atoms<number>('g', 1);
    await net.flush();
    expect(a!.value).toEqual(fresh!.value);
    expect(b!.value).toEqual(fresh!.value);
    expect(fresh!.value.get('k15')).toBe(35);
    expect(fresh!.value.get('mine')).toBe(1);
    expect(fresh!.value.has('k19')).toBe(false);
  });
});

describe('18. server-run swap fails', () => {
  it('is rolled back and kept, and the plain swap on top of it runs again without it', async () => {
    open({ server: { features: new Features([{ group: 'g', schema: atMost(1000), swaps: [inc] }]) } });
    const client = net.client();
    const a = net.atom<number>(client, 'g');
    const [b] = net.atoms<number>('g', 1);
    let rejected: readonly Rejected[] = [];
    client.sync.rejected$.subscribe((list) => (rejected = list));
    await net.flush();
    a.put('n', 5);
    await net.flush();
    net.offline(a);
    b!.put('n', 1000);
    await net.flush();
    a.at('n').swap(inc);
    a.at('n').swap((n) => n - 1);
    expect(a.value.get('n')).toBe(5);
    net.online(a);
    await net.flush();
    expect(a.value.get('n')).toBe(999);
    expect(b!.value.get('n')).toBe(999);
    expect(rejected).toMatchObject([{ code: 'INVALID', group: 'g' }]);
  });

  it('needs no second round where the server knows the swap', async () => {
    const add = defineSwap('test/add', (x: number, by: number) => x + by);
    open({ server: { features: new Features([{ group: 'g', swaps: [add, inc] }]) }, latency: 50 });
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    a!.put('n', 1);
    await net.flush();
    // Both are under way at once: one of them meets a value it did not know.
    const receipts = [a!, b!].map((atom) => atom.at('n')).map((cursor, i) => cursor.swap(add, 10 ** (i + 1)));
    expect(receipts).toEqual([11, 101]);
    await net.flush(160);
    expect([a!.value.get('n'), b!.value.get('n')]).toEqual([111, 111]);
    expect(times10(a!.value.get('n')!)).toBe(1110);
  });
});

it('the author of a swap that the server ran is told what of it was covered, and nobody that it ran', async () => {
  open({ server: { features: new Features([{ group: 'g', swaps: [inc] }]) } });
  const [a, b, c] = net.atoms<number>('g', 3) as [SyncedAtom<number>, SyncedAtom<number>, SyncedAtom<number>];
  await net.flush();
  a.put('n', 1);
  await net.flush();
  const told = [a, b, c].map((atom) => {
    const reports: Pick<Conflict, 'base' | 'mine' | 'theirs' | 'kept'>[] = [];
    atom.conflicts$.subscribe(({ base, mine, theirs, kept }) => reports.push({ base, mine, theirs, kept }));
    return reports;
  });
  net.offline(a);
  a.put('n', 100);
  c.put('n', 10);
  b.at('n').swap(inc, 1);
  await net.flush();
  expect(b.value.get('n')).toBe(11);
  net.online(a);
  await net.flush();
  expect(told).toEqual([
    [{ base: 1, mine: 100, theirs: 11, kept: 'mine' }],
    [{ base: 10, mine: 11, theirs: 100, kept: 'theirs' }],
    [],
  ]);
});
