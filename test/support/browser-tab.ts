import type { CDPSession, Page } from 'playwright-core';
import { PAGE_GLOBAL } from './bundle-page';
import type { Faults } from './browser-faults';

/** The functions that a page's entry exports. */
type PageFunctions<P> = {
  [K in keyof P as P[K] extends (...args: never[]) => unknown ? K : never]: P[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => R
    : never;
};

/** A tab that shows a page whose entry module is of type `P`. */
export class BrowserTab<P> {
  readonly #faults: Faults;
  readonly #cdp: CDPSession;

  private constructor(
    /** Playwright's own, for what is not here. */
    readonly page: Page,
    cdp: CDPSession,
    faults: Faults,
  ) {
    this.#cdp = cdp;
    this.#faults = faults;
  }

  static async open<P>(page: Page, url: string, faults: Faults): Promise<BrowserTab<P>> {
    await faults.watch(page);
    await page.goto(url);
    return new BrowserTab<P>(page, await page.context().newCDPSession(page), faults);
  }

  /**
   * Calls a function that the page's entry exports; arguments and result travel as copies. A frozen tab answers
   * when it is thawed.
   */
  call<K extends keyof PageFunctions<P> & string>(
    name: K,
    ...args: Parameters<PageFunctions<P>[K]>
  ): Promise<Awaited<ReturnType<PageFunctions<P>[K]>>> {
    return this.page.evaluate(callInPage, { global: PAGE_GLOBAL, name, args: args as unknown[] }) as Promise<
      Awaited<ReturnType<PageFunctions<P>[K]>>
    >;
  }

  /** Starts the page anew, as the user's reload does. */
  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** Ends the tab's process where it stands: nothing in the page hears of it. */
  async crash(): Promise<void> {
    this.#faults.expectCrash(this.page);
    const crashed = this.page.waitForEvent('crash');
    // The process that should answer is gone.
    this.#cdp.send('Page.crash').catch(() => undefined);
    await crashed;
    await this.page.close();
  }

  /**
   * Stops the page before its next statement, with its locks and sockets still open, as a suspended machine does.
   * By the debugger: browsers freeze no page that is visible, and Playwright keeps all of them so. No `freeze`
   * event comes.
   */
  async freeze(): Promise<void> {
    await this.#cdp.send('Debugger.enable');
    await this.#cdp.send('Debugger.pause');
  }

  /** Lets a frozen page go on. */
  async thaw(): Promise<void> {
    await this.#cdp.send('Debugger.disable');
  }

  /** Closes it as a user does: without `beforeunload`, with `pagehide`. */
  async close(): Promise<void> {
    await this.page.close();
  }
}

/**
 * Runs in the page, from a task of its own: what DevTools evaluate directly is exempt from the policy on `eval`. And
 * answers in a task after it, when violations of the policy have been told.
 */
async function callInPage({
  global,
  name,
  args,
}: {
  readonly global: string;
  readonly name: string;
  readonly args: readonly unknown[];
}): Promise<unknown> {
  const task = (): Promise<void> => new Promise((done) => setTimeout(done));
  const functions = globalThis as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>;
  await task();
  try {
    return await functions[global]![name]!(...args);
  } finally {
    await task();
  }
}
