import { quickOrLong } from '../../support/long';
import { describeLoad, load } from './load';

const CONNECTIONS = quickOrLong(60, 3_000);

describe('a crowd of connections', () => {
  it(`of ${CONNECTIONS} comes back at once after a restart, and costs the others neither memory nor their turn`, async () => {
    const figures = await load(CONNECTIONS);
    console.log(describeLoad(figures));
    expect(figures.violations).toEqual([]);
  }, 600_000);
});
