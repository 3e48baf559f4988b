import { syncedAtom } from '@atomsync/client';
import type { BrowserTab } from '../support/browser-tab';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import type * as Tabs from './pages/tabs.page';

type Tab = BrowserTab<typeof Tabs>;

const DATABASE = 'atomsync["tabs",null]';
const SERVER_AWAY = /WebSocket connection to .+ failed/;

inChromium('a page whose local store has trouble', (stage) => {
  const open = async (group: string): Promise<Tab> => {
    const tab = await stage().profile().tab<typeof Tabs>('tabs');
    await tab.call('open', stage().url, group);
    return tab;
  };

  const onServer = async (group: string, keys: readonly string[]): Promise<void> => {
    const node = syncedAtom<number>(stage().client(`node ${group}`), group);
    await until(node, (docs) => keys.every((key) => docs.has(key)));
  };

  it('says STORE_FULL while there is no room, and stores all once there is', async () => {
    const tab = await stage().profile().tab<typeof Tabs>('tabs');
    const cdp = await tab.page.context().newCDPSession(tab.page);
    const origin = new URL(tab.page.url()).origin;
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 300_000 });
    await tab.call('open', stage().url, 'full');
    await tab.call('putDurably', 'before');
    const during = tab.call('putLarge', 'during', 600_000);
    expect(await tab.call('untilError', 'STORE_FULL')).toMatch(/failed: .+make room on this device/);
    await onServer('full', ['before', 'during']);
    await during;
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    // The next write goes to the store at once, and takes along what waits there.
    await tab.call('put', 'after');
    await tab.call('untilNoError');
    await tab.reload();
    expect(await tab.call('openWith', 'ws://localhost:1', 'full', ['before', 'during', 'after'])).toEqual([]);
    stage().faults.allow(SERVER_AWAY);
  });

  it.each([
    ['a chunk was evicted', ':c', 'delete'],
    ['the manifest was evicted', ':m$', 'delete'],
    ['a journal record was evicted', ':j', 'delete'],
    ['a journal record is torn', ':j', 'tear'],
  ] as const)(
    'says STORE_CORRUPT when %s, and fetches docs again, with pending on top',
    async (what, pattern, how) => {
      stage().faults.allow(SERVER_AWAY);
      const tab = await open(what);
      // More than is left in a journal.
      await tab.call('putLarge', 'large', 100_000);
      await tab.call('settled');
      await tab.call('untilCompacted', DATABASE);
      await tab.call('putAll', 'doc', 3);
      await tab.call('settled');
      await tab.reload();
      await tab.call('open', 'ws://localhost:1', what);
      await tab.call('putDurably', 'pending');
      await tab.reload();
      // The first one that counts.
      expect(await tab.call('damage', DATABASE, pattern, how)).toBe(1);
      await tab.call('open', 'ws://localhost:1', what);
      expect(await tab.call('untilError', 'STORE_CORRUPT')).toMatch(
        /Records of the group '.+' in the local store were missing or damaged: its docs are fetched again/,
      );
      expect(await tab.call('value')).toEqual({ pending: 1 });
      await tab.reload();
      await tab.call('open', stage().url, what);
      await tab.call('settled');
      await tab.call('untilNoError');
      expect(await tab.call('size')).toBe(5);
      await onServer(what, ['pending', 'large', 'doc-2']);
    },
  );

  it('says STORE_FAILED when its database is deleted while in use, and stores all of it again', async () => {
    const tab = await open('deleted');
    await tab.call('putAll', 'doc', 3);
    expect(await tab.call('deleteDatabase', DATABASE)).toBe('deleted');
    await tab.call('put', 'after');
    expect(await tab.call('untilError', 'STORE_FAILED')).toMatch(/was deleted while it was in use/);
    await onServer('deleted', ['after']);
    await tab.call('untilNoError');
    await tab.reload();
    expect(await tab.call('openWith', 'ws://localhost:1', 'deleted', ['doc-2', 'after'])).toEqual([]);
    stage().faults.allow(SERVER_AWAY);
  });

  it('says STORE_DENIED where IndexedDB is denied, goes on, and stores all of it once it is not', async () => {
    const tab = await stage().profile().tab<typeof Tabs>('tabs');
    await tab.call('denyDatabases', true);
    await tab.call('open', stage().url, 'denied');
    expect(await tab.call('untilError', 'STORE_DENIED')).toMatch(/let this site store data/);
    await tab.call('put', 'a');
    await onServer('denied', ['a']);
    await tab.call('denyDatabases', false);
    await tab.call('put', 'b');
    await tab.call('untilNoError');
    await tab.reload();
    expect(await tab.call('openWith', 'ws://localhost:1', 'denied', ['a', 'b'])).toEqual([]);
    stage().faults.allow(SERVER_AWAY);
  });

  it('says STORE_FAILED, and does not stand in the way, when a newer release upgrades the database', async () => {
    const profile = stage().profile();
    const tab = await profile.tab<typeof Tabs>('tabs');
    await tab.call('open', stage().url, 'upgraded');
    await tab.call('putDurably', 'before');
    const newer = await profile.tab<typeof Tabs>('tabs');
    expect(await newer.call('holdDatabase', DATABASE, 2)).toBe('open');
    await tab.call('put', 'after');
    expect(await tab.call('untilError', 'STORE_FAILED')).toMatch(
      /newer release of this app.+Reload the page/,
    );
    await onServer('upgraded', ['before', 'after']);
  });

  it('says STORE_LOCKED when something that does not let go is in the way of wiping, which empties all the same', async () => {
    const tab = await open('locked');
    await tab.call('putDurably', 'secret');
    await tab.call('settled');
    await tab.call('holdDatabase', DATABASE);
    await expect(tab.call('signOut', 'wipe')).rejects.toThrow(/held open by another tab.+close or reload/s);
    expect(await tab.call('heldKeys')).toEqual(['owner']);
  });

  it('asks the browser once to keep the data, and tells the answer', async () => {
    const tab = await stage().profile().tab<typeof Tabs>('tabs');
    await tab.page.evaluate(() => {
      const { storage } = navigator;
      const asked: string[] = ((globalThis as unknown as { asked: string[] }).asked = []);
      storage.persist = () => Promise.resolve(asked.push('persist') > 0);
    });
    await tab.call('open', stage().url, 'persisted', undefined, true);
    expect(await tab.call('persisted')).toBe(true);
    expect(await tab.page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual([
      'persist',
    ]);
  });
});
