import type { FeedCursor } from '@atomsync/protocol';
import { errorCode } from '../errors';
import type { LocalBatch, LocalGroup, LocalState } from './local-store';

/**
 * A group's place in a local store that is opened anew after it failed. What it held through the last append
 * that succeeded is still there as a rule, and appends go on from that; where it is not, everything is stored
 * again.
 */
export class LastingGroup implements LocalGroup {
  readonly #open: () => Promise<LocalGroup>;
  readonly #everything: () => LocalBatch;
  #group: LocalGroup | undefined;
  /** What is durable: whether there is anything, and where its docs stand. */
  #stored = false;
  #cursor: FeedCursor | undefined;

  /** @param everything all that an append of now has to leave in the store */
  constructor(open: () => Promise<LocalGroup>, everything: () => LocalBatch) {
    this.#open = open;
    this.#everything = everything;
  }

  async load(): Promise<LocalState | undefined> {
    this.#group = await this.#open();
    const state = await this.#group.load();
    this.#stored = state !== undefined;
    this.#cursor = state?.cursor;
    return state;
  }

  async append(batch: LocalBatch): Promise<void> {
    const appended = this.#group ? batch : await this.#again(batch);
    try {
      await this.#group!.append(appended);
    } catch (error) {
      // Somebody else has it now, and is not to be disturbed.
      if (errorCode(error) !== 'STORE_CLOSED') await this.close().catch(() => undefined);
      throw error;
    }
    this.#stored = true;
    if (appended.replace || appended.cursor) this.#cursor = appended.cursor;
  }

  async close(): Promise<void> {
    const group = this.#group;
    this.#group = undefined;
    await group?.close();
  }

  async #again(batch: LocalBatch): Promise<LocalBatch> {
    const group = await this.#open();
    this.#group = group;
    const state = await group.load();
    const asLeft =
      (state !== undefined) === this.#stored &&
      state?.cursor?.token === this.#cursor?.token &&
      state?.cursor?.version === this.#cursor?.version &&
      !state?.damage;
    return asLeft ? batch : this.#everything();
  }
}
