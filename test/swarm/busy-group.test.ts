import { createTestNet, type TestNet } from '@atomsync/testing';

describe('a group that others write to all the time', () => {
  let net: TestNet;
  beforeEach(() => {
    net = createTestNet({ latency: 1 });
  });
  afterEach(() => net.close());

  it('holds no single write of ours back: it leaves at once', async () => {
    const [mine, ...others] = net.atoms<number>('busy', 6);
    await net.flush();
    for (const [index, other] of others.entries()) {
      other.put(`theirs-${index}`, 0);
      await net.flush(20);
    }
    expect(mine!.value.size).toBe(others.length);
    const began = net.clock.now();
    const { accepted } = mine!.transact((docs) => docs.with('mine', 1));
    const took = accepted.then(() => net.clock.now() - began);
    await net.flush();
    expect(await took).toBe(2);
  });
});
