import { openAtomSync, syncedAtom } from '@atomsync/client';
import { until } from '../support/until';
import { Gateways } from './gateways';
import { missingPrograms, ownPostgres, ownRedis } from './own-servers';
import { FAULTS, soak } from './soak';

const missing = missingPrograms();
const isRequired = process.env['ATOMSYNC_REQUIRE_SERVERS'] !== undefined;
if (missing.length > 0 && !isRequired) console.warn(`Skipped: ${missing.join(', ')} are not installed.`);

(missing.length > 0 && !isRequired ? describe.skip : describe)('three gateways', () => {
  it('count each swap once and keep the total while they are killed, and PostgreSQL and Redis with them', async () => {
    const { wrong, hits, transfers, told } = await soak({
      ...{ gateways: 3, clients: 4, ticks: 120, seed: 3 },
      faults: ['crash Redis', 'kill a gateway', 'crash PostgreSQL', 'restart a gateway'],
    });
    expect(wrong).toEqual([]);
    expect(Math.min(hits, transfers, told, FAULTS.length)).toBeGreaterThan(0);
  }, 120_000);

  it('go on without Redis, say so in their health, and are as before when it is back', async () => {
    const [postgres, redis] = [await ownPostgres(), await ownRedis()];
    const gateways = await Gateways.start(2, { databaseUrl: postgres.url, redisUrl: redis.url });
    const syncs = [0, 1].map((index) => openAtomSync(`client-${index}`, { server: gateways.urlOf(index) }));
    const [here, there] = syncs.map((sync) => syncedAtom<number>(sync, 'g'));
    const saysOfBus = async (state: string): Promise<void> => {
      let said: unknown;
      do said = await (await fetch(`${gateways.http(1)}/health`)).json();
      while ((said as { bus: unknown }).bus !== state);
      expect(said).toMatchObject({ status: 'ok', bus: state });
    };
    try {
      await Promise.all([here!.ready(), there!.ready()]);
      await saysOfBus('ok');
      here!.put('with', 1);
      await until(there!, (docs) => docs.has('with'));
      await redis.kill();
      await saysOfBus('down');
      here!.put('without', 1);
      await until(there!, (docs) => docs.has('without'));
      await redis.start();
      await saysOfBus('ok');
      here!.put('again', 1);
      await until(there!, (docs) => docs.has('again'));
    } finally {
      await Promise.all(syncs.map((sync) => sync.close()));
      await gateways.dispose();
      await Promise.all([postgres.dispose(), redis.dispose()]);
    }
  }, 60_000);
});
