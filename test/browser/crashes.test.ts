import { syncedAtom } from '@atomsync/client';
import type { BrowserProfile } from '../support/browser-profile';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import { seeded, type Random } from '../simulation/random';
import type * as Tabs from './pages/tabs.page';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** Lives of one tab each, that end by the tab's process, by its end, or by the browser's process. */
const LIVES = { tab: 90, browser: 10 };
/** Users at a time. */
const PROFILES = 3;

type End = 'crash' | 'close' | 'kill';

inChromium(`a tab under load that is killed at random moments (SEED=${SEED})`, (stage) => {
  /** What was said to be durable in a profile, over all its lives. */
  const live = async (
    profile: BrowserProfile,
    group: string,
    lives: number,
    random: Random,
    ends: readonly End[],
  ): Promise<string[]> => {
    const durable: string[] = [];
    for (let life = 0; life < lives; life++) {
      const end = random.pick(ends);
      const moment = random.below(25);
      const tab = await profile.tab<typeof Tabs>('tabs');
      const written = new Promise<void>((enough) => {
        if (moment === 0) enough();
        void tab.page.exposeFunction('reportDurable', (key: string) => {
          durable.push(key);
          if (durable.length >= reached) enough();
        });
      });
      const reached = durable.length + moment;
      const opening = tab.call('openWith', stage().url, group, durable);
      // It may be killed before it has loaded.
      if (moment > 0) {
        expect({ life, missing: await opening }).toEqual({ life, missing: [] });
        await Promise.all(['a', 'b'].map((writer) => tab.call('putOn', `${life}-${writer}`)));
      } else {
        opening.catch(() => undefined);
      }
      await written;
      if (end === 'crash') await tab.crash();
      else if (end === 'close') await tab.close();
      else await profile.kill();
    }
    const last = await profile.tab<typeof Tabs>('tabs');
    expect(await last.call('openWith', stage().url, group, durable)).toEqual([]);
    await last.call('settled');
    const node = syncedAtom<number>(stage().client(`node ${group}`), group);
    await until(node, (docs) => durable.every((key) => docs.has(key)));
    return durable;
  };

  it(`has a local store that loads every time, with all that was durable`, async () => {
    stage().faults.allow(/WebSocket connection to .+ failed/);
    const random = seeded(SEED);
    const browsers = await stage().keptProfile();
    const all = await Promise.all([
      live(browsers, 'kill', LIVES.browser, seeded(random.below(2 ** 32)), ['kill']),
      ...Array.from({ length: PROFILES }, (_, i) =>
        live(stage().profile(), `tab ${i}`, LIVES.tab / PROFILES, seeded(random.below(2 ** 32)), [
          'crash',
          'close',
        ]),
      ),
    ]);
    expect(all.flat().length).toBeGreaterThan(100);
  }, 120_000);
});
