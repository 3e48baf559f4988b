import { createRxDatabase, type RxCollection, type RxDatabase, type RxDocument } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { BenchDoc } from '../../contender';
import { benchDocs, timed, type Durability, type Opened } from '../page';

interface StoredDoc extends BenchDoc {
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
    tags: { type: 'array', items: { type: 'string' } },
    n: { type: 'number' },
    at: { type: 'number' },
  },
  required: ['key', 'text', 'done', 'owner', 'tags', 'n', 'at'],
};

let database: RxDatabase;
let docs: RxCollection<StoredDoc>;
let inMemory: Map<string, RxDocument<StoredDoc>>;

export async function fill(count: number): Promise<void> {
  await connect('strict');
  const all = Array.from(benchDocs(count), ([key, doc]) => ({ ...doc, key }));
  for (let at = 0; at < count; at += BATCH) {
    const { error } = await docs.bulkInsert(all.slice(at, at + BATCH));
    if (error.length > 0) throw new Error(`RxDB did not take ${error.length} docs.`);
  }
}

export async function open(_server: string, key: string): Promise<Opened> {
  const began = performance.now();
  await connect('strict');
  const all = await docs.find().exec();
  inMemory = new Map(all.map((doc) => [doc.key, doc]));
  const ms = performance.now() - began;
  return { ms, size: inMemory.size, n: inMemory.get(key)!.n };
}

export async function update(
  key: string,
  values: readonly number[],
  durability: Durability,
): Promise<number[]> {
  let doc = inMemory.get(key)!;
  if (durability === 'default') {
    await database.close();
    await connect(durability);
    doc = (await docs.findOne(key).exec())!;
  }
  return timed(values, async (n) => {
    doc = await doc.incrementalPatch({ n });
  });
}

export async function close(): Promise<void> {
  await database.close();
}

async function connect(durability: Durability): Promise<void> {
  const settings = durability === 'strict' ? { chromeTransactionDurability: durability } : {};
  database = await createRxDatabase({ name: 'bench', storage: getRxStorageDexie(settings) });
  docs = (await database.addCollections<{ docs: RxCollection<StoredDoc> }>({ docs: { schema: SCHEMA } }))
    .docs;
}
