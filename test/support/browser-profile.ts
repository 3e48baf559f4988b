import type { BrowserContext } from 'playwright-core';
import type { Faults } from './browser-faults';
import { BrowserTab } from './browser-tab';
import type { PageServer } from './page-server';

/** Opens a browser's context, on the same data each time where the profile is kept on disk. */
export type OpenContext = () => Promise<BrowserContext>;

/** One user's browser: its tabs share IndexedDB, Web Locks and BroadcastChannel, and nothing with other profiles. */
export class BrowserProfile {
  readonly #open: OpenContext;
  readonly #pages: PageServer;
  readonly #faults: Faults;
  /** The promise, so that tabs that are opened at once share one. */
  #context: Promise<BrowserContext> | undefined;

  constructor(open: OpenContext, pages: PageServer, faults: Faults) {
    this.#open = open;
    this.#pages = pages;
    this.#faults = faults;
  }

  /** Playwright's own, for what is not here. */
  context(): Promise<BrowserContext> {
    return (this.#context ??= this.#open());
  }

  /** A new tab with `test/browser/pages/NAME.page.ts`, whose module is of type `P`. */
  async tab<P>(name: string): Promise<BrowserTab<P>> {
    await this.#pages.prepare(name);
    const context = await this.context();
    return BrowserTab.open<P>(await context.newPage(), `${this.#pages.origin}/${name}`, this.#faults);
  }

  /** Takes the network away from all tabs, or gives it back. */
  async setOffline(offline: boolean): Promise<void> {
    await (await this.context()).setOffline(offline);
  }

  /** Ends the browser as a user does. The next tab starts it again, with what a kept profile has on disk. */
  async close(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await (await context)?.close();
  }

  /** Kills the browser's process, as a power cut would. The next tab starts it again. For kept profiles only. */
  async kill(): Promise<void> {
    const context = await this.#context;
    const browser = context?.browser();
    if (!context || !browser) throw new Error('There is no browser to kill: open a tab first.');
    this.#context = undefined;
    const pid = await processOf(context);
    const gone = new Promise<void>((done) => browser.once('disconnected', () => done()));
    process.kill(pid, 'SIGKILL');
    await gone;
  }
}

async function processOf(context: BrowserContext): Promise<number> {
  const cdp = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  return processInfo.find(({ type }) => type === 'browser')!.id;
}
