import { open, rm, type FileHandle } from 'node:fs/promises';
import { encodeBatch } from './batch-bytes';
import { replaceFile, writeAll } from './durable-files';
import { encodeFrame, encodeStart } from './frames';
import type { GroupFiles } from './group-files';
import type { LocalState } from './local-store';
import { snapshotBatches } from './snapshot-batches';

/** Bytes of bodies or records in one batch: small enough that encoding one does not hold the process up. */
const chunkBytes = 1 << 20;

/**
 * Writes `state` beside the group's snapshot and puts it in its place, whole or not at all. Journals of
 * generations before `generation` are in it.
 */
export const writeSnapshot = async (
  files: GroupFiles,
  state: LocalState,
  generation: number,
): Promise<{ readonly size: number }> => {
  const start = encodeStart({ group: files.group, generation });
  const handle = await open(files.newSnapshot, 'w');
  try {
    let size = 0;
    const write = async (bytes: Buffer): Promise<void> => {
      await writeAll(handle, bytes, size);
      size += bytes.length;
    };
    await write(start.bytes);
    for (const batch of snapshotBatches(state, chunkBytes))
      await write(encodeFrame(encodeBatch(batch), start.seed));
    await write(encodeFrame(encodeBatch({}, true), start.seed));
    await handle.sync();
    await handle.close();
    await replaceFile(files.newSnapshot, files.snapshot);
    return { size };
  } catch (error) {
    await closeAndRemove(handle, files.newSnapshot);
    throw error;
  }
};

const closeAndRemove = async (handle: FileHandle, path: string): Promise<void> => {
  try {
    await handle.close();
  } catch {
    // It was closed before the renaming failed.
  }
  await rm(path, { force: true });
};
