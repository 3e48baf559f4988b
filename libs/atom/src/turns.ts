import { throwError } from 'rxjs';

/**
 * Runs tasks one after another: a task given while another runs waits for its turn, so that all who listen hear
 * of nested writes in the order they were made.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /** Whether a task is running. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Runs `task` now, and then whatever it gave rise to; or later, when another is running. */
  take(task: () => void): void {
    if (this.#busy) return void this.#waiting.push(task);
    this.#busy = true;
    guarded(task);
    if (this.#waiting.length > 0) {
      for (const next of this.#waiting) guarded(next);
      this.drop();
    }
    this.#busy = false;
  }

  /** Forgets the tasks that wait. */
  drop(): void {
    this.#waiting.length = 0;
  }
}

/** Runs a listener. What it throws is reported, and stops nobody else. */
export const guarded = (listener: () => void): void => {
  try {
    listener();
  } catch (error) {
    reportUnhandled(error);
  }
};

/** Reports an error that nobody caught as RxJS does. */
const reportUnhandled = (error: unknown): void => {
  // Subscribing without an error handler is RxJS's own way to its `config.onUnhandledError`.
  throwError(() => error).subscribe();
};
