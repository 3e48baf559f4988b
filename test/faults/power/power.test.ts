import { quickOrLong } from '../../support/long';
import { POWER } from './power';
import { cannotRecord, cutPower, record } from './power-cuts';

const CUTS = quickOrLong(10, 600);
const WRITES = quickOrLong(80, 1_500);

const reason = cannotRecord();
if (reason !== undefined) console.warn(`Skipped: power cuts. Here ${reason}.`);
const describeOrSkip = reason === undefined ? describe : describe.skip;

describeOrSkip('a power cut', () => {
  it.each(POWER)(
    `$name: loses nothing that was acknowledged, ${CUTS} times`,
    async ({ program, look }) => {
      expect(await cutPower(await record(program, WRITES), CUTS, look)).toEqual([]);
    },
    600_000,
  );

  it.each(POWER)(
    '$name: does lose some where nothing is synced: the test sees it',
    async ({ program, look, unsynced }) => {
      const faults = await cutPower(await record(program, WRITES, unsynced), CUTS, look);
      expect(faults.filter((fault) => fault.includes('lost, though acknowledged')).length).toBeGreaterThan(0);
    },
    600_000,
  );
});
