import { VirtualAction, VirtualTimeScheduler } from 'rxjs';

/**
 * Virtual time for code that also awaits promises: between two moments at which something is due, everything
 * that was promised has its turn. Nothing ever waits for real time.
 */
export class VirtualClock extends VirtualTimeScheduler {
  constructor() {
    super(VirtualAction);
  }

  /** Lets `milliseconds` of virtual time pass. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.frame + milliseconds;
    await settle();
    for (let due = this.#nextDue(); due !== undefined && due <= end; due = this.#nextDue()) {
      this.maxFrames = due;
      this.flush();
      await settle();
    }
    this.frame = end;
  }

  #nextDue(): number | undefined {
    return this.actions[0]?.delay;
  }
}

/** Resolves when no promise is left that could go on without time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
