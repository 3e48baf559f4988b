import { syncedAtom } from '@atomsync/client';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import type * as Tabs from './pages/tabs.page';

inChromium('a page whose server is down from its first load on', (stage) => {
  it('takes writes, shows them after a reload, and syncs them when the server appears', async () => {
    stage().faults.allow(/WebSocket connection to .+ failed/);
    await stage().server.end();
    const tab = await stage().profile().tab<typeof Tabs>('tabs');
    await tab.call('open', stage().url, 'offline');
    await tab.call('putAll', 'doc', 10);
    await tab.call('count', 'n', 3);
    expect(await tab.call('value')).toMatchObject({ 'doc-9': 1, n: 3 });
    expect(await tab.call('status')).toBe('offline CONNECT_FAILED');
    await tab.call('putDurably', 'last');
    await tab.reload();
    await tab.call('open', stage().url, 'offline');
    expect(await tab.call('size')).toBe(12);
    await tab.call('count', 'n', 1);
    await stage().server.restart();
    await tab.call('settled');
    const node = syncedAtom<number>(stage().client('node'), 'offline');
    const docs = await until(node, ({ size }) => size === 12);
    expect(docs.get('n')).toBe(4);
    expect(await tab.call('value')).toEqual(docs.toJSON());
  });
});
