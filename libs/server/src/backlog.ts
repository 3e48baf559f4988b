/** What a connection may have wait here. */
export interface BacklogBound {
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  readonly maxFrame: number;
}

/**
 * How much of one connection waits: frames that have not been looked at, and messages in the writer's queue
 * until they are decided. It counts, and says when it is too much; who asks draws the consequence.
 */
export class Backlog {
  #queued = 0;
  #held = 0;

  constructor(private readonly bound: BacklogBound) {}

  /** Messages in the writer's queue. */
  get queued(): number {
    return this.#queued;
  }

  /** A frame has come. False when the connection sends faster than anything here could take it. */
  arrived(bytes: number): boolean {
    this.#held += bytes;
    return this.#held <= 2 * this.bound.maxQueuedBytes + this.bound.maxFrame;
  }

  /** The frame has been looked at. */
  looked(bytes: number): void {
    this.#held -= bytes;
  }

  /** Takes a message into the queue, or says that it must not come; one is always let in. */
  mayQueue(bytes: number): boolean {
    const { maxQueued, maxQueuedBytes } = this.bound;
    if (this.#queued >= maxQueued || (this.#queued > 0 && this.#held > maxQueuedBytes)) return false;
    this.#queued++;
    this.#held += bytes;
    return true;
  }

  /** A message has left the queue. */
  done(bytes: number): void {
    this.#queued--;
    this.#held -= bytes;
  }
}
