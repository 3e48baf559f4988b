import { computed, signal } from '@angular/core';

/** An own write that the server has not confirmed, or has just confirmed. */
export interface PendingWrite {
  readonly id: number;
  /** The name of the swap, or of what was done. */
  readonly name: string;
  readonly key: string;
  /** What a swap made of what, when it ran last. */
  readonly run?: { readonly from: number; readonly to: number };
  /** How often it has run again. */
  readonly again: number;
  /** The version it was confirmed with. */
  readonly version?: number;
}

/** The own writes of a client, in order: how many are pending is told from outside, which they are is known here. */
export class PendingWrites {
  readonly #all = signal<readonly PendingWrite[]>([]);
  /** Those just confirmed are among them, until they are dropped. */
  readonly all = this.#all.asReadonly();
  readonly waiting = computed(() => this.#all().filter(({ version }) => version === undefined));
  #count = 0;

  begin(name: string, key: string): number {
    const id = ++this.#count;
    this.#all.update((all) => [...all, { id, name, key, again: 0 }]);
    return id;
  }

  /** A swap has run. Returns how often it has run again by now. */
  ran(id: number, from: number, to: number, isAgain: boolean): number {
    let again = 0;
    this.#change(id, (write) => {
      again = write.again + (isAgain ? 1 : 0);
      return { ...write, run: { from, to }, again };
    });
    return again;
  }

  /** Only the youngest `count` are pending now. Returns those that have been confirmed, at the next version each. */
  settle(count: number, nextVersion: () => number): readonly PendingWrite[] {
    const waiting = this.waiting();
    const settled = waiting.slice(0, Math.max(0, waiting.length - count));
    for (const { id } of settled) {
      const version = nextVersion();
      this.#change(id, (write) => ({ ...write, version }));
    }
    return settled;
  }

  drop(ids: readonly number[]): void {
    this.#all.update((all) => all.filter(({ id }) => !ids.includes(id)));
  }

  #change(id: number, change: (write: PendingWrite) => PendingWrite): void {
    this.#all.update((all) => all.map((write) => (write.id === id ? change(write) : write)));
  }
}
