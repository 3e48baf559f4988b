import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { summary } from '../harness/statistics';
import type { Figure, WorkloadOn } from '../workload';

const LARGEST = 100_000;
const SIZES = [1_000, 10_000, LARGEST];
const figureOf = (size: number): string => `at ${size.toLocaleString('en')}`;
/** Docs that have a watcher of their own. */
const WATCHED = 10;
/** Updates of one round: few, as a synced atom keeps all of them until it is online. */
const UPDATES = 500;
/** Updates of a round that takes long. */
const LEAST = 50;
/** Rounds of a process, the first half of which warms up; fewer where they take long. */
const ROUNDS = 40;
/** No further round begins after so many milliseconds. */
const LONG = 1_500;
/** Milliseconds that watchers have after the last update. */
const LATE = 200;
/** Shares no factor with any size: every doc has its turn, far from the one before. */
const STEP = 15_485_863;

/** One update of one doc in one process, with a watcher on the whole and ten on single docs. */
export const w1: WorkloadOn<'local'> = {
  id: 'w1',
  title: 'updates of one doc in one process, one watcher on the whole and ten on single docs',
  face: 'local',
  figures: SIZES.map((size): Figure => {
    const rate = { name: figureOf(size), unit: 'updates/s', better: 'higher' } as const;
    if (size < LARGEST) return rate;
    return { ...rate, reach: [{ atLeast: 0.5 }, { by: 'synced', of: 'yjs', atLeast: 1 }] };
  }),
  roles: {
    updater: async ({ module, port }) => {
      port.tell('ready');
      const { size } = await port.hear<{ readonly size: number }>('open');
      const folder = await mkdtemp(join(tmpdir(), 'atomsync-bench-'));
      const docs = await module.open(
        Array.from({ length: size }, (_, n) => [benchKey(n), benchDoc(n, 0)]),
        folder,
      );
      let heard = 0;
      let heardOne = 0;
      docs.watchAll(() => {
        heard++;
      });
      for (let n = 0; n < WATCHED; n++)
        docs.watchDoc(benchKey(n * (size / WATCHED)), () => {
          heardOne++;
        });
      const rates: number[] = [];
      const until = monotonic() + LONG;
      let updates = 0;
      while (rates.length < ROUNDS && (rates.length === 0 || monotonic() < until)) {
        const began = monotonic();
        let n = 0;
        while (n < UPDATES && (n < LEAST || monotonic() < until)) {
          // Every fiftieth update is one that a single watcher hears of.
          const at = n % LEAST === 0 ? (n / LEAST) * (size / WATCHED) : (updates * STEP) % size;
          n++;
          const doing = docs.update(benchKey(at % size), benchDoc(at, ++updates));
          if (doing !== undefined) await doing;
        }
        await docs.settled?.();
        rates.push((n * 1000) / (monotonic() - began));
      }
      // Some tell their watchers a little later.
      await pause(LATE);
      if (heard < updates || heardOne < updates / LEAST)
        throw new Error(`Of ${updates} updates the watchers heard ${heard} and ${heardOne}.`);
      await rm(folder, { recursive: true, force: true });
      port.tell('updated', { rate: summary(rates.slice(rates.length >> 1)).median });
    },
  },
  run: async ({ start }) => {
    const rates: Record<string, number> = {};
    for (const size of SIZES) {
      // A process for each: none inherits the other's garbage.
      const updater = await start('updater');
      updater.port.tell('open', { size });
      rates[figureOf(size)] = (await updater.port.hear<{ readonly rate: number }>('updated')).rate;
      await updater.end();
    }
    return rates;
  },
};
