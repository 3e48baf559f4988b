import type { Page } from 'playwright-core';
import type { BrowserStage } from '../../support/browser-stage';
import { Site } from './site';

/**
 * Two users open what was built, one adds a note, and the other sees it; then a page that is offline from the start
 * adds one, which is there after a reload. For pages of `#add` and `#notes`.
 */
export async function syncBetweenPages(stage: BrowserStage, folder: string): Promise<void> {
  const site = await Site.serve(folder);
  try {
    const open = async (query: string, profile = stage.profile()): Promise<Page> => {
      const page = await (await profile.context()).newPage();
      await stage.faults.watch(page);
      await page.goto(`${site.origin}/?server=${encodeURIComponent(stage.url)}${query}`);
      return page;
    };
    const [one, other] = [await open(''), await open('')];
    const before = await one.locator('#notes').textContent();
    await one.locator('#add').click();
    await one.locator('#notes', { hasText: /Note \d+/ }).waitFor();
    const after = (await one.locator('#notes').textContent())!;
    if (after === before) throw new Error(`The page shows '${after}' before and after a note was added.`);
    await other.locator('#notes', { hasText: after }).waitFor();

    const offline = await open('&offline');
    await offline.locator('#add').click();
    await offline.locator('body[data-durable]').waitFor();
    await offline.reload();
    await offline.locator('#notes', { hasText: 'Note 0' }).waitFor();
  } finally {
    await site.close();
  }
}
