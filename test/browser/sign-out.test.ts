import { syncedAtom } from '@atomsync/client';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import type * as Tabs from './pages/tabs.page';

const databaseOf = (user: string): string => `atomsync${JSON.stringify(['tabs', user])}`;

inChromium('signing in and out', (stage) => {
  it('gives each user a database, and removes the one of a user who wipes it, in all tabs', async () => {
    const profile = stage().profile();
    const tabs = [await profile.tab<typeof Tabs>('tabs'), await profile.tab<typeof Tabs>('tabs')] as const;
    const [leading, following] = tabs;
    for (const tab of tabs) await tab.call('open', stage().url, 'sign-out', 'alice');
    await following.call('putAll', 'alice', 3);
    await Promise.all(tabs.map((tab) => tab.call('untilSize', 3)));
    await Promise.all(tabs.map((tab) => tab.call('settled')));
    expect(await leading.call('databases')).toEqual([databaseOf('alice')]);

    await leading.call('signOut', 'keep');
    await Promise.all(tabs.map((tab) => tab.call('untilPhase', 'signed-out')));
    expect(await Promise.all(tabs.map((tab) => tab.call('size')))).toEqual([0, 0]);
    expect(await leading.call('databases')).toEqual([databaseOf('alice')]);

    await Promise.all(tabs.map((tab) => tab.call('signIn', 'bob')));
    await following.call('putDurably', 'bob');
    await Promise.all(tabs.map((tab) => tab.call('untilSize', 4)));
    await Promise.all(tabs.map((tab) => tab.call('settled')));
    expect(await leading.call('databases')).toEqual([databaseOf('alice'), databaseOf('bob')]);

    await following.call('signOut', 'wipe');
    await Promise.all(tabs.map((tab) => tab.call('untilPhase', 'signed-out')));
    expect(await leading.call('databases')).toEqual([databaseOf('alice')]);
    await leading.call('signIn', 'alice');
    await leading.call('untilSize', 4);
    await leading.call('settled');
    await leading.call('signOut', 'wipe');
    expect(await leading.call('databases')).toEqual([]);

    const node = syncedAtom<number>(stage().client('node'), 'sign-out');
    expect((await until(node, ({ size }) => size === 4)).has('bob')).toBe(true);
  });
});
