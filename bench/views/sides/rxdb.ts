import { createRxDatabase, type RxCollection } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { LIMIT, type Side, type ViewDoc } from '../side';

interface StoredDoc extends ViewDoc {
  readonly key: string;
}

/** Docs of one `bulkInsert`. */
const BATCH = 5_000;

const SCHEMA = {
  version: 0,
  primaryKey: 'key',
  type: 'object',
  properties: {
    key: { type: 'string', maxLength: 20 },
    text: { type: 'string' },
    done: { type: 'boolean' },
    owner: { type: 'string' },
    n: { type: 'number', minimum: 0, maximum: 9_999_999, multipleOf: 1 },
  },
  required: ['key', 'text', 'done', 'owner', 'n'],
  indexes: [['done', 'n']],
};

let docs: RxCollection<StoredDoc>;

export const side: Side = {
  async load(all) {
    const database = await createRxDatabase({ name: 'bench', storage: getRxStorageMemory() });
    const made = await database.addCollections<{ docs: RxCollection<StoredDoc> }>({
      docs: { schema: SCHEMA },
    });
    docs = made.docs;
    for (let at = 0; at < all.length; at += BATCH) {
      const { error } = await docs.bulkInsert(
        all.slice(at, at + BATCH).map(([key, doc]) => ({ ...doc, key })),
      );
      if (error.length > 0) throw new Error(`RxDB did not take ${error.length} docs.`);
    }
  },
  async watch(hear) {
    const found$ = docs.find({ selector: { done: false }, sort: [{ n: 'desc' }], limit: LIMIT }).$;
    let first = true;
    await new Promise<void>((opened) => {
      found$.subscribe((found) => {
        hear(found.map(({ key }) => key));
        if (first) opened();
        first = false;
      });
    });
  },
  async write(key, fields) {
    const doc = await docs.findOne(key).exec();
    await doc!.incrementalPatch(fields);
  },
};
