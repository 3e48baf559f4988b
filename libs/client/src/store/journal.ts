import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeAll } from './durable-files';
import { encodeFrame, encodeStart, type FileHeader } from './frames';

/** A journal that is being written. One call at a time. */
export class Journal {
  readonly #handle: FileHandle;
  readonly #seed: number;
  #size: number;

  private constructor(
    readonly generation: number,
    handle: FileHandle,
    seed: number,
    size: number,
  ) {
    this.#handle = handle;
    this.#seed = seed;
    this.#size = size;
  }

  static async create(path: string, header: FileHeader): Promise<Journal> {
    const start = encodeStart(header);
    const handle = await open(path, 'wx+');
    return orClose(handle, async () => {
      await writeAll(handle, start.bytes, 0);
      await handle.sync();
      await syncDirectory(dirname(path));
      return new Journal(header.generation, handle, start.seed, start.bytes.length);
    });
  }

  /** Goes on behind the last whole frame, and cuts off whatever lies behind it. */
  static async resume(
    path: string,
    { generation, seed, end }: FileHeader & { readonly seed: number; readonly end: number },
  ): Promise<Journal> {
    const handle = await open(path, 'r+');
    return orClose(handle, async () => {
      await handle.truncate(end);
      await handle.sync();
      return new Journal(generation, handle, seed, end);
    });
  }

  get size(): number {
    return this.#size;
  }

  /** Makes `payloads` durable, each as a whole, or none of them. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(payloads.map((payload) => encodeFrame(payload, this.#seed)));
    try {
      await writeAll(this.#handle, bytes, this.#size);
      await this.#handle.datasync();
    } catch (error) {
      await this.#cut();
      throw error;
    }
    this.#size += bytes.length;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** What a failed append left behind must not count as appended after all. */
  async #cut(): Promise<void> {
    try {
      await this.#handle.truncate(this.#size);
      await this.#handle.sync();
    } catch {
      // The medium takes nothing any more; the first failure is the one to tell.
    }
  }
}

const orClose = async <T>(handle: FileHandle, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    await handle.close();
    throw error;
  }
};
