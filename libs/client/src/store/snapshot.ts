import { open, rm, type FileHandle } from 'node:fs/promises';
import { encodeBatch } from './batch-bytes';
import { replaceFile, writeAll } from './durable-files';
import { encodeFrame, encodeStart } from './frames';
import type { GroupFiles } from './group-files';
import type { LocalBatch, LocalDoc, LocalState } from './local-store';

/** Bytes of bodies in one batch: small enough that encoding one does not hold the process up. */
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
    for (const batch of batchesOf(state)) await write(encodeFrame(encodeBatch(batch), start.seed));
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

/** Records first: they are what cannot be had again, so a damage further on must not cost them. */
function* batchesOf({ docs, cursor, records }: LocalState): Generator<LocalBatch> {
  yield { records };
  yield* chunks(docs);
  if (cursor) yield { cursor };
}

function* chunks(docs: readonly LocalDoc[]): Generator<LocalBatch> {
  let chunk: LocalDoc[] = [];
  let bytes = 0;
  for (const doc of docs) {
    chunk.push(doc);
    bytes += doc.body.byteLength + doc.key.length;
    if (bytes < chunkBytes) continue;
    yield { docs: chunk };
    chunk = [];
    bytes = 0;
  }
  yield { docs: chunk };
}

const closeAndRemove = async (handle: FileHandle, path: string): Promise<void> => {
  try {
    await handle.close();
  } catch {
    // It was closed before the renaming failed.
  }
  await rm(path, { force: true });
};
