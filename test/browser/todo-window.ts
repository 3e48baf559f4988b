import { source as axeSource } from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { BrowserProfile } from '../support/browser-profile';
import type { BrowserStage } from '../support/browser-stage';
import { quickOrLong } from '../support/long';

const RESULTS = resolve(__dirname, '../../test-results');

/** How a window looks at a page. */
export interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
}

const ALL_LOOKS: readonly Look[] = [
  { name: 'desktop', width: 1280, height: 900 },
  { name: 'phone-dark', width: 375, height: 760, colorScheme: 'dark' },
  { name: 'desktop-dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 375, height: 760 },
];

/** Those that a run looks at. */
export const LOOKS = ALL_LOOKS.slice(0, quickOrLong(2, 4));

/** A window on the app as the standalone server serves it. */
export class TodoWindow {
  private constructor(readonly page: Page) {}

  /** In a profile of its own, or in one with others. */
  static async open(
    stage: BrowserStage,
    path = '/',
    profile: BrowserProfile = stage.profile(),
  ): Promise<TodoWindow> {
    const page = await (await profile.context()).newPage();
    await stage.faults.watch(page);
    await page.goto(`${stage.url.replace('ws:', 'http:').replace('/sync', '/')}#${path}`);
    return new TodoWindow(page);
  }

  get newTodo(): Locator {
    return this.page.locator('.new-todo');
  }

  /** The n-th todo that is shown, from 0. */
  item(at: number): Locator {
    return this.page.locator('.todo-list li').nth(at);
  }

  async add(...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      await this.newTodo.fill(text);
      await this.newTodo.press('Enter');
    }
  }

  /** Begins to edit the n-th todo. */
  async edit(at: number): Promise<Locator> {
    await this.item(at).locator('label').dblclick();
    return this.item(at).locator('.edit');
  }

  async workOffline(): Promise<void> {
    await this.page.getByRole('switch', { name: 'Work offline' }).click();
  }

  /** Resolves when these todos are shown, in this order, done ones with a `✓` before them. */
  async shows(...todos: readonly string[]): Promise<void> {
    await this.until(
      () =>
        this.page
          .locator('.todo-list li')
          .evaluateAll((items) =>
            items.map(
              (item) =>
                `${item.classList.contains('completed') ? '✓ ' : ''}${item.querySelector('label')?.textContent ?? ''}`,
            ),
          ),
      todos,
    );
  }

  async says(status: string): Promise<void> {
    await this.until(() => this.page.getByRole('status').first().innerText(), status);
  }

  /** Asks until it is so; where it does not become so, the test fails by the difference. */
  async until<T>(ask: () => Promise<T>, expected: T): Promise<void> {
    const end = Date.now() + 20_000;
    for (;;) {
      const found = await ask();
      if (JSON.stringify(found) === JSON.stringify(expected)) return;
      if (Date.now() > end) expect(found).toEqual(expected);
      await this.page.evaluate(() => new Promise((frame) => requestAnimationFrame(frame)));
    }
  }

  /** What has the focus, by its class or name. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const { classList, parentElement } = document.activeElement!;
      const item = parentElement?.closest('li')?.querySelector('label')?.innerText;
      return `${classList[0] ?? ''}${item === undefined ? '' : ` of ${item}`}`;
    });
  }

  async look({ width, height, colorScheme = 'light' }: Look): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme });
  }

  /** Writes `test-results/NAME.png`, of the whole page. */
  async picture(name: string): Promise<void> {
    mkdirSync(RESULTS, { recursive: true });
    await this.page.screenshot({ path: join(RESULTS, `${name}.png`), fullPage: true });
  }

  /** What axe finds wrong with the page as it stands, shortly. */
  async violations(): Promise<readonly string[]> {
    // What is fading in is still pale, and more may begin to at any moment: for the look at it nothing fades.
    await this.page.emulateMedia({ reducedMotion: 'reduce' });
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    });
    await this.page.emulateMedia({ reducedMotion: null });
    return found;
  }
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
