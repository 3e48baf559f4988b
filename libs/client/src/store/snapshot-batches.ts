import type { LocalBatch, LocalState } from './local-store';

/**
 * `state` as batches of about `chunkBytes` each. Records first: they are what cannot be had again, so a damage
 * further on must not cost them.
 */
export function* snapshotBatches(
  { docs, cursor, records }: LocalState,
  chunkBytes: number,
): Generator<LocalBatch> {
  for (const chunk of chunks(records, ([id, record]) => id.length + record.byteLength, chunkBytes))
    yield { records: new Map(chunk) };
  for (const chunk of chunks(docs, ({ key, body }) => key.length + body.byteLength, chunkBytes))
    yield { docs: chunk };
  if (cursor) yield { cursor };
}

function* chunks<T>(items: Iterable<T>, sizeOf: (item: T) => number, limit: number): Generator<T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const item of items) {
    chunk.push(item);
    bytes += sizeOf(item);
    if (bytes < limit) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
