import { syncedAtom } from '@atomsync/client';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import { change, everyType, type EveryType } from './every-type';
import type * as Docs from './pages/docs.page';

inChromium('a page under a strict content security policy', (stage) => {
  it('syncs docs of every type with a client in Node, both ways', async () => {
    const tab = await stage().profile().tab<typeof Docs>('docs');
    const node = syncedAtom<EveryType>(stage().client('node'), 'types');
    await Promise.all([tab.call('open', stage().url, 'types'), node.ready()]);

    await tab.call('put', 'by page');
    const fromPage = await until(node, (docs) => docs.has('by page'));
    expect(fromPage.get('by page')).toEqual(everyType());

    node.put('by node', everyType());
    await tab.call('changeWhenThere', 'by node');
    const changed = await until(node.at('by node'), (doc) => doc?.big === everyType().big + 1n);
    expect(changed).toEqual(change(everyType()));
  });

  it('sees what another tab of the same profile writes', async () => {
    const profile = stage().profile();
    const [a, b] = await Promise.all([profile.tab<typeof Docs>('docs'), profile.tab<typeof Docs>('docs')]);
    await Promise.all([a, b].map((tab) => tab.call('open', stage().url, 'tabs')));
    await a.call('put', 'one');
    await b.call('untilSize', 1);
  });

  it('goes on without a server, and catches up when it is back', async () => {
    stage().faults.allow(/WebSocket connection to .+ failed/);
    const tab = await stage().profile().tab<typeof Docs>('docs');
    await tab.call('open', stage().url, 'offline');
    await stage().server.end();
    await tab.call('put', 'meanwhile');
    expect(await tab.call('size')).toBe(1);
    await stage().server.restart();
    const node = syncedAtom<EveryType>(stage().client('node'), 'offline');
    await until(node, (docs) => docs.has('meanwhile'));
  });
});
