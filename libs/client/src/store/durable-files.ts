import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes names in `directory` (created, renamed, removed) survive a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
  // Windows cannot open a directory, and keeps its names without.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Puts `from` in the place of `to`, whole or not at all. */
export const replaceFile = async (from: string, to: string): Promise<void> => {
  await rename(from, to);
  await syncDirectory(dirname(to));
};

/** Writes all of `bytes` at `position`. */
export const writeAll = async (handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, position + done);
    done += bytesWritten;
  }
};

/** The bytes of a file, in as few reads as the platform allows; `undefined` when there is none. */
export const readAll = async (path: string, limit = Infinity): Promise<Buffer | undefined> => {
  const handle = await openIfThere(path);
  if (!handle) return undefined;
  try {
    const size = Math.min((await handle.stat()).size, limit);
    const bytes = Buffer.allocUnsafeSlow(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, 1 << 30), done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
};

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
