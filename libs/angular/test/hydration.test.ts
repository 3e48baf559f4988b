import { syncedAtom } from '@atomsync/client';
import { decodeDown } from '@atomsync/protocol';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { everyType, type EveryType } from '../../../test/browser/every-type';
import { inChromium } from '../../../test/support/in-chromium';
import { until } from '../../../test/support/until';
import { bundleAngular } from './support/bundle-angular';
import type * as Hydrate from './pages/hydrate.page';

const pages = resolve(__dirname, 'pages');
let body = '';

inChromium(
  'a page that a server has rendered',
  (stage) => {
    let folder: string;
    let renderer: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'atomsync-render-'));
      renderer = join(folder, 'render.mjs');
      await writeFile(renderer, await bundleAngular(join(pages, 'render.ts'), '21', 'esm'));
    }, 120_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('is taken up as it is, and asks the server for nothing that it has', async () => {
      const node = syncedAtom<EveryType>(stage().client('node'), 'rendered');
      await node.ready();
      node.put('a', everyType());
      node.put('b', { ...everyType(), big: 1n });
      await node.settled();

      const { stdout: html } = await promisify(execFile)(process.execPath, [renderer, stage().server.http]);
      body = /<body[^>]*>([\s\S]*)<\/body>/.exec(html)![1]!;
      const line = (big: bigint): string => `${big} ${everyType().date.toISOString()} :groceries`;
      expect(body).toContain(`<li>${line(2n ** 70n)}</li>`);
      expect(body).toContain('connecting ready');

      const tab = await stage().profile().tab<typeof Hydrate>('hydrate');
      const sent: string[] = [];
      tab.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          const message = decodeDown(Buffer.from(payload));
          if (message.type === 'changes') sent.push(message.docs.map(({ key }) => key).join());
        }),
      );
      await tab.call('start', stage().url);
      expect(await tab.call('heard')).toEqual([`${line(2n ** 70n)}\n${line(1n)}`]);
      expect([await tab.call('kept'), sent, await tab.call('hasEveryType', 'a')]).toEqual([2, [''], true]);

      await tab.call('change', 'b');
      await until(node.at('b'), (doc) => doc?.big === 2n);
      await tab.call('settled');
      expect(await tab.call('heard')).toEqual([
        `${line(2n ** 70n)}\n${line(1n)}`,
        `${line(2n ** 70n)}\n${line(2n)}`,
      ]);
    });
  },
  { pages, bundle: (entry) => bundleAngular(entry, '21'), body: () => Promise.resolve(body) },
);
