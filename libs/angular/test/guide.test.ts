import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Guide } from '../../../test/docs/guide';
import { ROOT } from '../../../test/docs/pages';
import { inChromium } from '../../../test/support/in-chromium';
import { bundleAngular } from './support/bundle-angular';

let guide: Guide | undefined;
/** The port of the sync server, known when the page is bundled. */
let port = '';
const atPort = (code: string): string => code.replace('localhost:8090', `localhost:${port}`);

/** Not in node_modules: Angular's compiler leaves out what lies there. */
const PLACE = join(ROOT, 'libs/angular/.readme-');

async function bundle(): Promise<string> {
  guide = new Guide('docs/guides/angular.md', PLACE, atPort);
  guide.write();
  return bundleAngular(join(guide.folder, 'src/main.ts'), '21');
}

inChromium(
  'the app of the guide for Angular',
  (stage) => {
    afterAll(() => guide?.dispose());

    it('is the same in two windows, goes on without a server and through a reload, and is the same again', async () => {
      port = new URL(stage().url).port;
      const [here, there] = [
        (await stage().profile().tab('app')).page,
        (await stage().profile().tab('app')).page,
      ];
      await add(here, 'Buy milk');
      await todo(there, '☐ Buy milk').waitFor();

      stage().faults.allow(/WebSocket connection to .+ failed/);
      await stage().server.end();
      await Promise.all([here, there].map((page) => page.getByText('offline').waitFor()));
      await todo(here, '☐ Buy milk').click();
      await here.getByText('Nothing to do.').waitFor();
      await add(there, 'Call Ada');
      await there.getByText('offline, 1 to be saved').waitFor();
      await there.waitForFunction(isStored, 'Call Ada');
      await there.reload();
      await there.getByText('offline, 1 to be saved').waitFor();
      await todo(there, '☐ Call Ada').waitFor();

      await stage().server.restart();
      await todo(here, '☐ Call Ada').waitFor();
      await todo(there, '☐ Buy milk').waitFor({ state: 'detached' });
      await here.getByRole('checkbox').check();
      await todo(here, '☑ Buy milk').waitFor();
      await Promise.all([here, there].map((page) => page.getByText('online, 0 to be saved').waitFor()));
    });
  },
  { bundle, body: () => Promise.resolve('<app-root></app-root>') },
);

async function add(page: Page, text: string): Promise<void> {
  await page.getByPlaceholder('What needs to be done?').fill(text);
  await page.keyboard.press('Enter');
}

const todo = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Runs in the page: whether IndexedDB has a text somewhere. */
async function isStored(text: string): Promise<boolean> {
  const answer = <T>(request: IDBRequest<T>) =>
    new Promise<T>((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error ?? new Error('no answer'));
    });
  const bytes = new TextEncoder().encode(text).join();
  const holds = (value: unknown): boolean =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value)
      ? new Uint8Array(value instanceof ArrayBuffer ? value : value.buffer).join().includes(bytes)
      : typeof value === 'object' && value !== null && Object.values(value).some(holds);
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name!));
    const values = await Promise.all(
      Array.from(database.objectStoreNames, (store) =>
        answer<unknown[]>(database.transaction(store).objectStore(store).getAll()),
      ),
    );
    database.close();
    if (holds(values)) return true;
  }
  return false;
}
