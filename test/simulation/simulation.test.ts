import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { quickOrLong } from '../support/long';
import { simulate } from './simulate';

const MAIN = resolve(__dirname, 'main.ts');
const RUNS = quickOrLong(300, 3_000);

describe('random histories', () => {
  it(`converge to a serial order of all swaps and never flicker, ${RUNS} times`, async () => {
    // A process of its own: the same program as `npm run simulate`, and several times as fast as within jest.
    const args = ['--require', '@swc-node/register', MAIN, '--runs', String(RUNS)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain(`${RUNS}/${RUNS} histories`);
  }, 280_000);

  it('are replayed exactly by their seed', async () => {
    const [first, again] = [await simulate(4711), await simulate(4711)];
    expect(again).toEqual(first);
    expect(first.commits).toBeGreaterThan(0);
  });
});
