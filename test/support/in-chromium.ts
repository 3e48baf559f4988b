import { BrowserStage } from './browser-stage';
import { findChromium } from './chromium';
import type { PageOptions } from './page-server';

/**
 * `describe` for tests in a browser. Each may open profiles and clients on the stage, and fails by what went wrong
 * in its pages. Without a Chromium they are skipped, and it is said what was looked for; where
 * `ATOMSYNC_REQUIRE_CHROMIUM=1` they fail.
 */
export function inChromium(
  title: string,
  tests: (stage: () => BrowserStage) => void,
  options: PageOptions = {},
): void {
  const chromium = findChromium();
  if (chromium.kind === 'missing') {
    if (process.env['ATOMSYNC_REQUIRE_CHROMIUM'] === '1') {
      describe(title, () => {
        it('has a Chromium to run in', () => {
          throw new Error(chromium.message);
        });
      });
      return;
    }
    console.warn(`Skipped: the tests of '${title}'. ${chromium.message}`);
  }
  const describeThem = chromium.kind === 'found' ? describe : describe.skip;
  describeThem(title, () => {
    let stage: BrowserStage | undefined;

    beforeAll(async () => {
      if (chromium.kind === 'found') stage = await BrowserStage.open(chromium.path, options);
    }, 60_000);
    afterEach(() => stage?.endTest(), 60_000);
    afterAll(() => stage?.close(), 60_000);

    // A guard against tests that hang: a browser on a busy machine takes its time.
    jest.setTimeout(120_000);
    tests(() => stage!);
  });
}
