import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { quickOrLong } from '../support/long';
import { planOf } from './plan';
import { shorten, simulate, SimulationError } from './simulate';

const MAIN = resolve(__dirname, 'main.ts');
const RUNS = quickOrLong(60, 3_000);

describe('random histories', () => {
  it(`hold to all that is promised, whatever fails, ${RUNS} times`, async () => {
    // A process of its own: the same program as `npm run simulate`, and several times as fast as within jest.
    const args = ['--require', '@swc-node/register', MAIN, '--jobs', '1', '--runs', String(RUNS)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain(`${RUNS}/${RUNS} histories`);
  }, 900_000);

  it('are replayed exactly by their seed', async () => {
    const [first, again] = [await simulate(4711), await simulate(4711)];
    expect(again).toEqual(first);
    expect(first.commits).toBeGreaterThan(0);
  });

  it('have only the faults that are asked for', () => {
    for (let seed = 1; seed < 50; seed++) {
      const { faults, actions } = planOf(seed, 40, ['cut', 'crash']);
      expect([...faults].sort()).toEqual(['crash', 'cut']);
      for (const action of actions) if (action.do === 'fault') expect(faults).toContain(action.fault);
    }
  });

  it('are shortened to what still fails', async () => {
    const plan = planOf(3, 40, ['cut']);
    const doubled = plan.actions.find((action) => action.do === 'write')!;
    // One mark twice: the second is refused where it is written.
    const failing = { ...plan, actions: [...plan.actions, doubled] };
    const failure = new SimulationError(failing, 'doubled', []);
    const { plan: short, what } = await shorten(failure);
    expect(what).toMatch(/was applied twice|out of its order/);
    expect(short.actions.length).toBeLessThanOrEqual(2);
  });
});
