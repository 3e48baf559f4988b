import { createRxDatabase, type RxCollection } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { BenchDoc } from '../contender';

export interface StoredDoc extends BenchDoc {
  readonly key: string;
}

const SCHEMA = {
  version: 0,
  primaryKey: 'key',
  type: 'object',
  properties: {
    key: { type: 'string', maxLength: 40 },
    text: { type: 'string' },
    done: { type: 'boolean' },
    owner: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    n: { type: 'number' },
    at: { type: 'number' },
  },
  required: ['key', 'text', 'done', 'owner', 'tags', 'n', 'at'],
};

/** Docs of one `bulkUpsert`. */
const BATCH = 5_000;

/** A database in memory with one collection. */
export async function openDocs() {
  const database = await createRxDatabase({
    name: 'bench',
    storage: getRxStorageMemory(),
    multiInstance: false,
  });
  const { docs } = await database.addCollections<{ docs: RxCollection<StoredDoc> }>({
    docs: { schema: SCHEMA },
  });
  return { database, docs };
}

export async function putAll(
  docs: RxCollection<StoredDoc>,
  entries: readonly (readonly [string, object])[],
): Promise<void> {
  const all = entries.map(([key, doc]) => ({ ...(doc as BenchDoc), key }));
  for (let at = 0; at < all.length; at += BATCH) {
    const { error } = await docs.bulkUpsert(all.slice(at, at + BATCH));
    if (error.length > 0) throw new Error(`RxDB did not take ${error.length} docs.`);
  }
}
