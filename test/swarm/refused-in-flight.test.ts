import type { StandardSchemaV1 } from '@atomsync/atom';
import { Features } from '@atomsync/server';
import { createTestNet, MemoryCable, type TestNet } from '@atomsync/testing';
import type { Rejected, SyncedAtom } from '@atomsync/client';
import { firstValueFrom } from 'rxjs';
import { transfer } from './swaps';

const balance: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'swarm',
    validate: (value) => ((value as number) >= 0 ? { value } : { issues: [{ message: 'below zero' }] }),
  },
};

describe('a named swap on its way to a server that runs it', () => {
  let net: TestNet;
  let near: SyncedAtom<number>;
  let far: SyncedAtom<number>;
  let rejected: () => Promise<readonly Rejected[]>;

  beforeEach(async () => {
    const features = new Features([{ group: 'bank', swaps: [transfer], schema: balance }]);
    net = createTestNet({ server: { features } });
    const cable = new MemoryCable({
      scheduler: net.clock,
      latency: () => 50,
      accept: (link) => void net.hub.then((hub) => hub.accept(link)),
    });
    const farClient = net.client({ transport: cable.transport });
    near = net.atom<number>(net.client(), 'bank');
    far = net.atom<number>(farClient, 'bank', {
      validate: (docs) => [...docs.values()].every((account) => account >= 0),
    });
    rejected = () => firstValueFrom(farClient.sync.rejected$);
    near.put('a', 100);
    near.put('b', 0);
    await net.flush();
  });
  afterEach(() => net.close());

  it('is not told to be refused here and accepted there', async () => {
    near.put('a', 50);
    await net.flush(10);
    const { accepted } = far.transact(transfer, 'a', 'b', 80);
    const outcome = accepted.then(
      () => 'accepted',
      () => 'refused',
    );
    // What the far one is shown first makes it refuse; the server runs the swap on what comes second.
    await net.flush(42);
    near.put('a', 150);
    await net.flush();
    const moved = near.value.get('b') === 80;
    expect([await outcome, (await rejected()).length]).toEqual(moved ? ['accepted', 0] : ['refused', 1]);
  });

  it('is told to be refused once, with what it wrote', async () => {
    const { accepted } = far.transact(transfer, 'a', 'b', 80);
    near.put('a', 50);
    await net.flush();
    await expect(accepted).rejects.toMatchObject({ code: 'INVALID' });
    expect((await rejected()).map(({ docs }) => [...docs])).toEqual([
      [
        ['a', 20],
        ['b', 80],
      ],
    ]);
    expect([...near.value]).toEqual([
      ['a', 50],
      ['b', 0],
    ]);
  });
});
