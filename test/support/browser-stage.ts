import { openAtomSync, type AtomSync, type AtomSyncOptions } from '@atomsync/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';
import { Faults } from './browser-faults';
import { BrowserProfile } from './browser-profile';
import { PageServer, type PageOptions } from './page-server';
import { ServerProcess } from './server-process';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium, a server of pages and a sync server for the tests of one file; profiles and clients for one test each. */
export class BrowserStage {
  readonly #browser: Browser;
  readonly #pages: PageServer;
  readonly #launch: LaunchOptions;
  readonly #endings: (() => Promise<unknown>)[] = [];
  /** What went wrong in the pages. A test fails by what it has not taken or allowed. */
  readonly faults = new Faults();

  private constructor(
    readonly server: ServerProcess,
    pages: PageServer,
    browser: Browser,
    launch: LaunchOptions,
  ) {
    this.#pages = pages;
    this.#browser = browser;
    this.#launch = launch;
  }

  static async open(executablePath: string, options: PageOptions = {}): Promise<BrowserStage> {
    const launch: LaunchOptions = { executablePath, args: FLAGS, headless: true };
    // First, as it is the one that may fail.
    const browser = await chromium.launch(launch);
    const pages = await PageServer.start(options);
    try {
      return new BrowserStage(await ServerProcess.start(), pages, browser, launch);
    } catch (error) {
      await Promise.all([browser.close(), pages.close()]);
      throw error;
    }
  }

  /** The gateway as pages may reach it: their policy names `localhost`. */
  get url(): string {
    return this.server.url.replace('127.0.0.1', 'localhost');
  }

  /** Of the browser. */
  get version(): string {
    return this.#browser.version();
  }

  /** A fresh user, gone with the test. */
  profile(): BrowserProfile {
    return this.#own(new BrowserProfile(() => this.#browser.newContext(), this.#pages, this.faults));
  }

  /** A fresh user with a browser of their own, whose data on disk outlives `close` and `kill` until the test ends. */
  async keptProfile(): Promise<BrowserProfile> {
    const folder = await mkdtemp(join(tmpdir(), 'atomsync-chromium-'));
    this.#endings.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const open = () => chromium.launchPersistentContext(folder, this.#launch);
    return this.#own(new BrowserProfile(open, this.#pages, this.faults));
  }

  /** A client in Node. */
  client(name: string, options: Partial<AtomSyncOptions> = {}): AtomSync {
    const client = openAtomSync(name, { server: this.url, ...options });
    this.#endings.push(() => client.close());
    return client;
  }

  /** Ends what a test opened, and throws what went wrong in its pages. */
  async endTest(): Promise<void> {
    for (const end of this.#endings.splice(0).reverse()) await end();
    const faults = this.faults.take();
    this.faults.clear();
    if (faults.length > 0) throw new Error(`In the pages of this test:\n${faults.join('\n')}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#browser.close(), this.#pages.close(), this.server.dispose()]);
  }

  #own(profile: BrowserProfile): BrowserProfile {
    this.#endings.push(() => profile.close());
    return profile;
  }
}
