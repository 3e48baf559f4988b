import { FAULTS, soak } from './soak';
import { missingPrograms } from './own-servers';

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
});
