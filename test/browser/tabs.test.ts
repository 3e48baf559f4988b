import { syncedAtom } from '@atomsync/client';
import { inChromium } from '../support/in-chromium';
import type { BrowserTab } from '../support/browser-tab';
import { until } from '../support/until';
import type * as Tabs from './pages/tabs.page';

type Tab = BrowserTab<typeof Tabs>;

inChromium('the tabs of a profile', (stage) => {
  const opened = async (tab: Tab, group: string): Promise<Tab> => {
    await tab.call('open', stage().url, group);
    return tab;
  };

  it('count one counter together, also while there is no server', async () => {
    stage().faults.allow(/WebSocket connection to .+ failed/);
    const profile = stage().profile();
    const [a, b] = [await profile.tab<typeof Tabs>('tabs'), await profile.tab<typeof Tabs>('tabs')];
    await Promise.all([opened(a, 'counter'), opened(b, 'counter')]);
    await Promise.all([a.call('count', 'n', 50), b.call('count', 'n', 50)]);
    await Promise.all([a.call('untilValue', 'n', 100), b.call('untilValue', 'n', 100)]);
    await a.call('settled');
    await stage().server.end();
    await Promise.all([a.call('count', 'n', 50), b.call('count', 'n', 50)]);
    await Promise.all([a.call('untilValue', 'n', 200), b.call('untilValue', 'n', 200)]);
    const node = syncedAtom<number>(stage().client('node'), 'counter');
    await stage().server.restart();
    node.at('n', { default: 0 }).swap((n) => n + 1);
    await until(node, (docs) => docs.get('n') === 201);
    await Promise.all([a.call('untilValue', 'n', 201), b.call('untilValue', 'n', 201)]);
  });

  it('go on when the leading one is frozen, and take it back when it wakes', async () => {
    const profile = stage().profile();
    const first = await opened(await profile.tab<typeof Tabs>('tabs'), 'frozen');
    const second = await opened(await profile.tab<typeof Tabs>('tabs'), 'frozen');
    await first.call('countByName', 'n');
    await second.call('untilValue', 'n', 1);
    await first.freeze();
    await second.call('count', 'n', 2);
    const node = syncedAtom<number>(stage().client('node'), 'frozen');
    await until(node, (docs) => docs.get('n') === 3);
    await first.thaw();
    await first.call('count', 'n', 1);
    await until(node, (docs) => docs.get('n') === 4);
    await Promise.all([first, second].map((tab) => tab.call('untilValue', 'n', 4)));
  });

  it('go on when the thread of the leading one is blocked for seconds, with one socket when it is not any more', async () => {
    const profile = stage().profile();
    const first = await opened(await profile.tab<typeof Tabs>('tabs'), 'blocked');
    const second = await opened(await profile.tab<typeof Tabs>('tabs'), 'blocked');
    await first.call('count', 'n');
    await second.call('untilValue', 'n', 1);
    const blocked = first.call('block', 8_000);
    await second.call('count', 'n', 2);
    const node = syncedAtom<number>(stage().client('node'), 'blocked');
    await until(node, (docs) => docs.get('n') === 3);
    const free = await Promise.race([blocked.then(() => true), Promise.resolve(false)]);
    expect(free).toBe(false);
    await blocked;
    await first.call('count', 'n', 1);
    await until(node, (docs) => docs.get('n') === 4);
    await Promise.all([first, second].map((tab) => tab.call('untilValue', 'n', 4)));
    await Promise.all([first, second].map((tab) => tab.call('settled')));
  });
});
