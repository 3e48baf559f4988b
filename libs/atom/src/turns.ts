import { throwError } from 'rxjs';

/**
 * Runs tasks one after another: a task given while another runs waits for its turn, so that all who listen hear
 * of nested writes in the order they were made.
 */
export class Turns {
  #waiting: (() => void)[] = [];
  #busy = false;

  /** Whether a task is running. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Runs `task` now, and then whatever it gave rise to; or later, when another is running. */
  take(task: () => void): void {
    this.#waiting.push(task);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = 0; next < this.#waiting.length; next++) guarded(this.#waiting[next] as () => void);
    this.#waiting = [];
    this.#busy = false;
  }

  /** Forgets the tasks that wait. */
  drop(): void {
    this.#waiting = [];
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
export const reportUnhandled = (error: unknown): void => {
  // Subscribing without an error handler is RxJS's own way to its `config.onUnhandledError`.
  throwError(() => error).subscribe();
};
