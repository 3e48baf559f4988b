import type { Page } from 'playwright-core';

/** What went wrong in pages without a test asking: errors on the console (violations of the policy too), exceptions, crashes. */
export class Faults {
  #found: string[] = [];
  readonly #allowed: RegExp[] = [];
  readonly #crashing = new WeakSet<Page>();

  async watch(page: Page): Promise<void> {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#add(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#add(`exception: ${error.stack ?? error.message}`));
    page.on('crash', () => {
      if (!this.#crashing.has(page)) this.#add(`crash of ${page.url()}`);
    });
    await page.addInitScript(tellViolations);
  }

  expectCrash(page: Page): void {
    this.#crashing.add(page);
  }

  /** Faults that match are none until the end of the test: a browser reports each socket that does not open. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  /** What was found so far, which thereby is dealt with. */
  take(): string[] {
    const found = this.#found.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
    this.#found = [];
    return found;
  }

  /** Forgets everything, also what was allowed. */
  clear(): void {
    this.#found = [];
    this.#allowed.length = 0;
  }

  #add(fault: string): void {
    this.#found.push(fault);
  }
}

/** Runs in the page: browsers do not put every violation on the console, such as an `eval` whose error was caught. */
function tellViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    console.error(`Violation of the content security policy, ${violatedDirective}: ${blockedURI}`);
  });
}
