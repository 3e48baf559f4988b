import type { BrowserTab } from '../support/browser-tab';
import { inChromium } from '../support/in-chromium';
import type * as LocalStorePage from './pages/local-store.page';

type StoreTab = BrowserTab<typeof LocalStorePage>;

const from1To = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

inChromium('the localforage store in IndexedDB', (stage) => {
  const open = (profile = stage().profile()): Promise<StoreTab> =>
    profile.tab<typeof LocalStorePage>('local-store');

  it('does what every local store does', async () => {
    const outcomes = await (await open()).call('runContract', 30);
    expect(outcomes.length).toBeGreaterThan(15);
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('has what it called durable, batch by batch, when the browser is killed', async () => {
    const profile = await stage().keptProfile();
    let durable = 0;
    for (let life = 0; life < 3; life++) {
      const tab = await open(profile);
      const told: number[] = [];
      let enough = (): void => {};
      const isEnough = new Promise<void>((done) => (enough = done));
      await tab.page.exposeFunction('durable', (n: number) => told.push(n) > 60 && enough());
      await tab.call('open', { idleAfter: 1, compactFrom: 5_000, chunkBytes: 20_000 });
      const found = await tab.call('load');
      expect(found.docs.length).toBeGreaterThanOrEqual(durable);
      expect(found.docs).toEqual(from1To(found.docs.length));
      expect(found.records).toEqual(found.docs);
      if (life > 0) expect(found.docs).toContain(found.version);
      await tab.call('appendForever');
      await isEnough;
      await profile.kill();
      durable = Math.max(durable, ...told);
    }
  });

  it('refuses a tab that was frozen while another took over, and gives the other everything', async () => {
    const profile = stage().profile();
    const [early, late] = [await open(profile), await open(profile)];
    await early.call('open');
    expect(await early.call('append', 1)).toBe('durable');
    await early.freeze();
    const afterwards = early.call('append', 2);
    await late.call('open');
    expect(await late.call('append', 3)).toBe('durable');
    await early.thaw();
    expect(await afterwards).toBe('STORE_CLOSED');
    expect(await late.call('load')).toEqual({ docs: [1, 3], records: [1, 3], version: 3 });
  });

  it('says that there is no room, and has what it had', async () => {
    const tab = await open(await stage().keptProfile());
    const cdp = await tab.page.context().newCDPSession(tab.page);
    const { origin } = new URL(tab.page.url());
    // Before the first write: what room is left, the browser remembers for a while.
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    await tab.call('open');
    expect(await tab.call('append', 1)).toBe('durable');
    expect(await tab.call('append', 2, 3_000_000)).toBe('STORE_FULL');
    expect(await tab.call('append', 3)).toBe('STORE_FULL');
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    await tab.call('reopen');
    expect(await tab.call('append', 4)).toBe('durable');
    expect(await tab.call('load')).toEqual({ docs: [1, 4], records: [1, 4], version: 4 });
  });

  it('goes on anew when the user deletes the data of the site', async () => {
    const tab = await open();
    await tab.call('open');
    expect(await tab.call('append', 1)).toBe('durable');
    const cdp = await tab.page.context().newCDPSession(tab.page);
    const { origin } = new URL(tab.page.url());
    await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    expect(await tab.call('append', 2)).toBe('STORE_FAILED');
    await tab.call('reopen');
    expect(await tab.call('append', 3)).toBe('durable');
    expect(await tab.call('load')).toEqual({ docs: [3], records: [3], version: 3 });
  });

  it('leaves no database when it is removed, though another tab has it open', async () => {
    const profile = stage().profile();
    const [other, tab] = [await open(profile), await open(profile)];
    await other.call('open');
    await tab.call('open');
    expect(await tab.call('append', 1)).toBe('durable');
    expect(await tab.call('remove')).toEqual([]);
    expect(await other.call('append', 2)).toBe('STORE_FAILED');
  });

  it('keeps 100,000 docs in few records, which are loaded at once', async () => {
    const profile = await stage().keptProfile();
    const first = await open(profile);
    await first.call('open');
    await first.call('fill', 100_000);
    await profile.close();
    const { docs, records } = await (await open(profile)).call('openAndCount');
    expect(docs).toBe(100_000);
    // A doc a record would take a minute to load.
    expect(records).toBeLessThan(1_000);
  });
});
