import type { SyncedAtom } from '@atomsync/client';
import { createTestNet, MemoryCable, type TestNet } from '@atomsync/testing';

/** Milliseconds of virtual time. */
const DURATION = 10_000;

const plusOne = (n: number): number => n + 1;

/** One client 200 ms away among five that are 2 ms away; all swap one doc again as soon as they are done. */
const contend = async (net: TestNet): Promise<{ slow: number[]; fast: number[] }> => {
  const far = new MemoryCable({
    scheduler: net.clock,
    latency: () => 100,
    accept: (link) => void net.hub.then((hub) => hub.accept(link)),
  });
  const atoms = [
    net.atom<number>(net.client({ transport: far.transport }), 'g'),
    ...net.atoms<number>('g', 5),
  ];
  await net.flush(1000);
  const end = net.clock.now() + DURATION;
  const done = atoms.map((atom) => keepSwapping(net, atom, end));
  await net.flush(DURATION + 20_000);
  const [slow, ...fast] = await Promise.all(done);
  return { slow: slow!, fast: fast.flat() };
};

/** How long each swap took until it was accepted. */
const keepSwapping = async (net: TestNet, atom: SyncedAtom<number>, end: number): Promise<number[]> => {
  const times: number[] = [];
  while (net.clock.now() < end) {
    const began = net.clock.now();
    await atom.transact((docs) => docs.with('n', plusOne(docs.get('n') ?? 0))).accepted;
    if (net.clock.now() <= end) times.push(net.clock.now() - began);
  }
  return times;
};

describe('fairness on one hot doc, with plain functions', () => {
  it('gets a client that is far away through in bounded time', async () => {
    const net = createTestNet();
    const { slow, fast } = await contend(net);
    expect(slow.length).toBeGreaterThan(3);
    expect(Math.max(...slow)).toBeLessThan(3000);
    expect(Math.max(...fast)).toBeLessThan(3000);
    expect(fast.length).toBeGreaterThan(slow.length);
    await net.close();
  });

  it('is due to the turns that are given: without them the far one gets nothing through', async () => {
    const net = createTestNet({ server: { fairness: { after: Infinity, hold: 500 } } });
    const { slow } = await contend(net);
    expect(slow).toEqual([]);
    await net.close();
  });
});
