import { Dexie, type Table } from 'dexie';
import type { BenchDoc } from '../../contender';
import { benchDocs, timed, type Durability, type Opened } from '../page';

interface StoredDoc extends BenchDoc {
  readonly key: string;
}

let database: Dexie;
let docs: Table<StoredDoc, string>;
let inMemory: Map<string, StoredDoc>;

export async function fill(count: number): Promise<void> {
  connect('strict');
  await docs.bulkPut(Array.from(benchDocs(count), ([key, doc]) => ({ ...doc, key })));
}

export async function open(_server: string, key: string): Promise<Opened> {
  const began = performance.now();
  connect('strict');
  const all = await docs.toArray();
  inMemory = new Map(all.map((doc) => [doc.key, doc]));
  const ms = performance.now() - began;
  return { ms, size: inMemory.size, n: inMemory.get(key)!.n };
}

export async function update(
  key: string,
  values: readonly number[],
  durability: Durability,
): Promise<number[]> {
  if (durability === 'default') {
    database.close();
    connect(durability);
    await database.open();
  }
  return timed(values, async (n) => {
    const doc = { ...inMemory.get(key)!, n };
    inMemory.set(key, doc);
    await docs.put(doc);
  });
}

export async function close(): Promise<void> {
  database.close();
}

function connect(durability: Durability): void {
  database = new Dexie('bench', durability === 'strict' ? { chromeTransactionDurability: 'strict' } : {});
  database.version(1).stores({ docs: 'key' });
  docs = database.table('docs');
}
