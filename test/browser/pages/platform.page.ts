// What the tests of the stage ask of a page.

export function evaluate(code: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- to see the policy forbid it
  return new Function(code)();
}

export function report(text: string): void {
  console.error(text);
}

export function throwLater(text: string): void {
  setTimeout(() => {
    throw new Error(text);
  });
}

/** Resolves when a timer has fired that often. */
export function ticks(count: number): Promise<void> {
  return new Promise((done) => {
    const timer = setInterval(() => {
      if (--count > 0) return;
      clearInterval(timer);
      done();
    }, 10);
  });
}

export function remember(text: string): void {
  localStorage.setItem('remembered', text);
}

export function remembered(): string | null {
  return localStorage.getItem('remembered');
}

/** Takes the lock, and keeps it for as long as the page lives. */
export function takeLock(): Promise<void> {
  return new Promise((taken) => {
    void navigator.locks.request('stage', () => {
      taken();
      return new Promise(() => {});
    });
  });
}

export function isOnline(): boolean {
  return navigator.onLine;
}

export function hasNodeGlobals(): boolean {
  return 'process' in globalThis || 'Buffer' in globalThis || 'require' in globalThis;
}
