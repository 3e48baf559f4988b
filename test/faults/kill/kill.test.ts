import { quickOrLong } from '../../support/long';
import { killLoop } from './kill-loop';

const CYCLES = quickOrLong(2, 100);
const DISTURBANCES = quickOrLong(8, 500);

describe('a server and clients that are killed under load', () => {
  it(`lose nothing that was acknowledged and double nothing, ${CYCLES} times`, async () => {
    const { violations, accepted } = await killLoop({ cycles: CYCLES });
    expect(violations).toEqual([]);
    expect(accepted).toBeGreaterThan(CYCLES);
  }, 900_000);

  it(`hold also over a network that drops, delays, cuts within frames and hangs, ${DISTURBANCES} times`, async () => {
    const { violations, accepted } = await killLoop({ cycles: DISTURBANCES, network: true });
    expect(violations).toEqual([]);
    expect(accepted).toBeGreaterThan(DISTURBANCES);
  }, 900_000);
});
