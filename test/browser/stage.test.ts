import { findChromium } from '../support/chromium';
import { inChromium } from '../support/in-chromium';
import type { BrowserTab } from '../support/browser-tab';
import type * as Platform from './pages/platform.page';

type PlatformTab = BrowserTab<typeof Platform>;

describe('findChromium', () => {
  const search = (env: Record<string, string>, ...programs: string[]) =>
    findChromium({ env, platform: 'linux', isProgram: (path) => programs.includes(path) });

  it('takes CHROME_PATH before all others', () => {
    const found = search({ CHROME_PATH: '/my/chrome', PATH: '/bin' }, '/my/chrome', '/bin/chromium');
    expect(found).toEqual({ kind: 'found', path: '/my/chrome' });
  });

  it('does not put another in the place of a wrong CHROME_PATH', () => {
    const found = search({ CHROME_PATH: '/my/chrome', PATH: '/bin' }, '/bin/chromium');
    expect(found).toMatchObject({ kind: 'missing', message: expect.stringContaining("'/my/chrome'") });
  });

  it('looks on PATH, and where installers put it', () => {
    expect(search({ PATH: '/a:/b' }, '/b/google-chrome')).toMatchObject({ path: '/b/google-chrome' });
    expect(search({}, '/snap/bin/chromium')).toMatchObject({ path: '/snap/bin/chromium' });
  });

  it('says what was looked for and how to get it', () => {
    const found = search({ PATH: '/bin' });
    expect(found).toMatchObject({ kind: 'missing', message: expect.stringMatching(/google-chrome-stable/) });
    expect(found).toMatchObject({ message: expect.stringMatching(/apt-get install chromium.+CHROME_PATH/) });
  });
});

inChromium('the stage for tests in a browser', (stage) => {
  const open = (): Promise<PlatformTab> => stage().profile().tab<typeof Platform>('platform');

  it('forbids eval, and reports it', async () => {
    const tab = await open();
    await expect(tab.call('evaluate', 'return 1')).rejects.toThrow(/Content Security Policy/);
    expect(stage().faults.take().join()).toMatch(/Violation of the content security policy/);
  });

  it('reports errors on the console and exceptions', async () => {
    const tab = await open();
    await tab.call('report', 'first');
    const thrown = tab.page.waitForEvent('pageerror');
    await tab.call('throwLater', 'second');
    await thrown;
    expect(stage().faults.take()).toEqual(['console: first', expect.stringMatching(/exception: .*second/)]);
  });

  it('fails a test by what is reported and not taken', async () => {
    const tab = await open();
    await tab.call('report', 'unseen');
    await expect(stage().endTest()).rejects.toThrow(/unseen/);
  });

  it('has pages without anything of Node', async () => {
    expect(await (await open()).call('hasNodeGlobals')).toBe(false);
  });

  it('keeps profiles apart, and shares storage and locks among the tabs of one', async () => {
    const profile = stage().profile();
    const [a, b] = [
      await profile.tab<typeof Platform>('platform'),
      await profile.tab<typeof Platform>('platform'),
    ];
    const other = await open();
    await a.call('remember', 'mine');
    expect(await b.call('remembered')).toBe('mine');
    expect(await other.call('remembered')).toBeNull();
    await a.call('takeLock');
    await other.call('takeLock');
    const taken = b.call('takeLock');
    await a.close();
    await taken;
  });

  it('crashes one tab and leaves the others', async () => {
    const profile = stage().profile();
    const [a, b] = [
      await profile.tab<typeof Platform>('platform'),
      await profile.tab<typeof Platform>('platform'),
    ];
    await a.call('takeLock');
    const taken = b.call('takeLock');
    await a.crash();
    await taken;
  });

  it('freezes a tab and thaws it', async () => {
    const [tab, other] = [await open(), await open()];
    await tab.freeze();
    let answered = false;
    const answer = tab.call('remembered').finally(() => (answered = true));
    await other.call('ticks', 20);
    expect(answered).toBe(false);
    await tab.thaw();
    expect(await answer).toBeNull();
  });

  it('takes the network away and gives it back', async () => {
    const profile = stage().profile();
    const tab = await profile.tab<typeof Platform>('platform');
    await profile.setOffline(true);
    expect(await tab.call('isOnline')).toBe(false);
    await profile.setOffline(false);
    expect(await tab.call('isOnline')).toBe(true);
  });

  it('keeps a profile on disk when its browser is closed or killed', async () => {
    const profile = await stage().keptProfile();
    const first = await profile.tab<typeof Platform>('platform');
    await first.call('remember', 'for long');
    await profile.close();
    const second = await profile.tab<typeof Platform>('platform');
    expect(await second.call('remembered')).toBe('for long');
    await profile.kill();
    const third = await profile.tab<typeof Platform>('platform');
    expect(await third.call('remembered')).toBe('for long');
  });
});
