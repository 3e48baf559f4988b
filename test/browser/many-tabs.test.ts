import { syncedAtom } from '@atomsync/client';
import { seeded } from '../simulation/random';
import type { BrowserTab } from '../support/browser-tab';
import { inChromium } from '../support/in-chromium';
import { quickOrLong } from '../support/long';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import type * as Tabs from './pages/tabs.page';

type Tab = BrowserTab<typeof Tabs>;

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const WRITERS = quickOrLong(5, 10);
const DOCS = quickOrLong(40, 100);
const PIECE = DOCS / 4;

inChromium(`${WRITERS} tabs of a profile, opened, closed and crashed at random (SEED=${SEED})`, (stage) => {
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await TcpProxy.start(Number(new URL(stage().server.http).port));
  });
  afterEach(() => proxy.close());

  it('write each doc once, and are equal in the end, with one socket', async () => {
    const random = seeded(SEED);
    const profile = stage().profile();
    const server = `ws://localhost:${proxy.port}/sync`;
    let most = 0;
    proxy.count$.subscribe((count) => (most = Math.max(most, count)));
    const open = async (): Promise<Tab> => {
      const tab = await profile.tab<typeof Tabs>('tabs');
      await tab.call('open', server, 'many');
      await tab.call('untilPhase', 'live');
      return tab;
    };

    const write = async (writer: number): Promise<Tab> => {
      const all = Array.from({ length: DOCS }, (_, i) => `${writer}-${i}`);
      const safe = new Set<string>();
      let tab = await open();
      for (;;) {
        const missing = await tab.call('missing', all);
        expect(missing.filter((key) => safe.has(key))).toEqual([]);
        if (missing.length === 0) return tab;
        const piece = missing.slice(0, PIECE);
        const writing = tab.call('putKeys', piece);
        const end = random.pick(['none', 'none', 'none', 'close', 'crash'] as const);
        if (end === 'none') {
          await writing;
          for (const key of piece) safe.add(key);
          continue;
        }
        // What it had not made durable is missing, and is written by the next one.
        writing.catch(() => undefined);
        if (end === 'close') await tab.close();
        else await tab.crash();
        tab = await open();
      }
    };

    const tabs = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await Promise.all(tabs.map((tab) => tab.call('untilSize', WRITERS * DOCS)));
    await Promise.all(tabs.map((tab) => tab.call('settled')));
    const node = syncedAtom<number>(stage().client('node'), 'many');
    const docs = await until(node, ({ size }) => size === WRITERS * DOCS);
    for (const value of await Promise.all(tabs.map((tab) => tab.call('value'))))
      expect(value).toEqual(docs.toJSON());
    // One commit for each, and then this one.
    const { version } = await node.transact((all) => all.with('last', 1)).accepted;
    expect(version).toBe(WRITERS * DOCS + 1);
    // There is a second one only while the browser tears down that of a tab that is gone, or has lost the lead.
    expect(most).toBeLessThanOrEqual(2);
    await until(proxy.count$, (count) => count === 1);
  }, 300_000);
});
