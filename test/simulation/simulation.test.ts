import { simulate } from './simulate';

describe('random histories', () => {
  it('converge to a serial order of all swaps, and never flicker', async () => {
    for (let seed = 1; seed <= 200; seed++) await simulate(seed);
  }, 120_000);
});
