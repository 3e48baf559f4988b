import { MemoryCommitStore, type StoreWriter } from '@atomsync/server';

/** A memory store whose transactions can be held up before their commit, and made to fail there. */
export class GatedStore extends MemoryCommitStore {
  #open: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  failNext = false;

  /** Transactions wait before their commit until `release()`. */
  hold(): void {
    this.#open = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
  }

  override write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return super.write(async (writer) => {
      const result = await work(writer);
      await this.#open;
      if (this.failNext) {
        this.failNext = false;
        throw new Error('The disk is full.');
      }
      return result;
    });
  }
}
