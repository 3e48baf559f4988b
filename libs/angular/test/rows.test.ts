import { syncedAtom } from '@atomsync/client';
import { resolve } from 'node:path';
import { inChromium } from '../../../test/support/in-chromium';
import { quickOrLong } from '../../../test/support/long';
import { bundleAngular } from './support/bundle-angular';
import type { Item } from './pages/rows';
import type * as Zone from './pages/zone.page';
import type * as Rows from './pages/zoneless.page';

const keyOf = (i: number): string => `item:${String(i).padStart(5, '0')}`;
const pages = resolve(__dirname, 'pages');
type Stage = Parameters<Parameters<typeof inChromium>[1]>[0];

/** A page that shows `count` docs of the server's, and a client elsewhere. */
async function open<P = typeof Rows>(stage: Stage, page: string, count: number) {
  const node = syncedAtom<Item>(stage().client('node'), 'items');
  await node.ready();
  const items = Array.from(
    { length: count },
    (_, i) => [keyOf(i), { text: `item ${i}`, done: false }] as const,
  );
  node.swap((docs) => docs.withAll(items));
  await node.settled();
  const tab = await stage().profile().tab<P & typeof Rows>(page);
  return { node, tab };
}

const oneRow = (key: string): object => ({ rows: [key], list: 0, checks: 0, renderings: 1 });

describe.each([
  ['21', quickOrLong(1_000, 10_000)],
  ['20', quickOrLong(200, 1_000)],
] as const)('Angular %s', (version, count) => {
  inChromium(
    `a list of ${count} docs with a signal in each row, without zone.js`,
    (stage) => {
      it('renders the one row whose doc has changed, here or elsewhere, once, and checks nothing else', async () => {
        const { node, tab } = await open(stage, 'zoneless', count);
        await tab.call('start', stage().url, count);
        await tab.call('taken');
        node.patch(keyOf(123), { text: 'changed elsewhere' });
        await tab.call('shows', keyOf(123), 'changed elsewhere');
        expect(await tab.call('taken')).toEqual(oneRow(keyOf(123)));

        await tab.call('change', keyOf(42), 'changed here');
        await tab.call('shows', keyOf(42), 'changed here');
        // That the server confirms it is no reason to render it again.
        await tab.call('settled');
        expect(await tab.call('taken')).toEqual(oneRow(keyOf(42)));
      });
    },
    { pages, bundle: (entry) => bundleAngular(entry, version) },
  );
});

inChromium(
  'a list with a signal in each row, with zone.js',
  (stage) => {
    it('renders the one row whose doc has changed, and nothing for frames that change nothing shown', async () => {
      const { node, tab } = await open<typeof Zone>(stage, 'zone', 100);
      await tab.call('start', stage().url, 100);
      await tab.call('taken');
      node.patch(keyOf(12), { text: 'changed elsewhere' });
      await tab.call('shows', keyOf(12), 'changed elsewhere');
      expect(await tab.call('taken')).toMatchObject({ rows: [keyOf(12)], list: 0, checks: 0 });

      await tab.call('reconnect');
      await tab.call('taken');
      const unseen = syncedAtom<Item>(stage().client('other'), 'unseen');
      await unseen.ready();
      unseen.put('there', { text: '', done: false });
      await tab.call('hasUnseen', 'there');
      expect(await tab.call('taken')).toEqual({ rows: [], list: 0, checks: 0, renderings: 0 });
    });
  },
  { pages, bundle: (entry) => bundleAngular(entry, '21') },
);
