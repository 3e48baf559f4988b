import { syncedAtom } from '@atomsync/client';
import type { BrowserProfile } from '../support/browser-profile';
import { inChromium } from '../support/in-chromium';
import { quickOrLong } from '../support/long';
import { until } from '../support/until';
import { seeded, type Random } from '../simulation/random';
import type { BrowserTab } from '../support/browser-tab';
import type * as Tabs from './pages/tabs.page';

type Tab = BrowserTab<typeof Tabs>;

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** How many lives of a page end at a random moment: `KILLS=100 npx jest test/browser/crashes` takes a few minutes. */
const KILLS = Number(process.env['KILLS'] ?? quickOrLong(6, 100));
/** With the page's process, or as users end it; and with the browser's process. */
const LIVES = { tab: KILLS - Math.ceil(KILLS / 12), browser: Math.ceil(KILLS / 12) };
/** Users at a time. */
const PROFILES = 4;

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
    let told = (): void => undefined;
    for (let life = 0; life < lives; life++) {
      const end = random.pick(ends);
      const moment = random.below(25);
      const tab = await opened(profile, (key) => {
        durable.push(key);
        told();
      });
      const reached = durable.length + moment;
      const written = new Promise<void>((enough) => {
        told = () => {
          if (durable.length >= reached) enough();
        };
        told();
      });
      const opening = tab.call('openWith', stage().url, group, durable);
      // It may be killed before it has loaded.
      if (moment === 0) opening.catch(() => undefined);
      else {
        expect({ life, missing: await opening }).toEqual({ life, missing: [] });
        await Promise.all(['a', 'b'].map((writer) => tab.call('putOn', `${life}-${writer}`)));
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
        live(stage().profile(), `tab ${i}`, Math.ceil(LIVES.tab / PROFILES), seeded(random.below(2 ** 32)), [
          'crash',
          'close',
        ]),
      ),
    ]);
    expect(all.flat().length).toBeGreaterThan(KILLS);
  }, 600_000);
});

/** A tab that tells, in order, of each key that is durable; also of the last one before its end. */
async function opened(profile: BrowserProfile, durable: (key: string) => void): Promise<Tab> {
  const tab = await profile.tab<typeof Tabs>('tabs');
  await tab.page.exposeFunction('reportDurable', durable);
  return tab;
}
