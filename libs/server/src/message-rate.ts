/** How many messages a connection may send. */
export interface MessageRateBound {
  /** A second, in the long run. */
  readonly maxMessageRate: number;
  /** At once, after quiet. */
  readonly maxMessageBurst: number;
}

/**
 * Counts a connection's messages against its rate. Those that are too many count too: who goes on all the same
 * is told to wait longer, and is given up when as many again have come.
 */
export class MessageRate {
  readonly #bound: MessageRateBound;
  #left: number;
  #at: number;

  constructor(bound: MessageRateBound, now: number) {
    this.#bound = bound;
    this.#left = bound.maxMessageBurst;
    this.#at = now;
  }

  /** Whether it has sent far more than it may, whatever it was told. */
  get isFlood(): boolean {
    return this.#left <= -this.#bound.maxMessageBurst;
  }

  /** A message has come. 0, or the milliseconds after which the next one will be taken. */
  arrived(now: number): number {
    const { maxMessageRate, maxMessageBurst } = this.#bound;
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#left = Math.min(maxMessageBurst, this.#left + (passed * maxMessageRate) / 1000) - 1;
    return this.#left >= 0 ? 0 : Math.ceil(((1 - this.#left) * 1000) / maxMessageRate);
  }
}
