import type { BenchDoc } from '../../contender';
import { benchDocs, timed, type Durability, type Opened } from '../page';

/*
 * One record with all docs as JSON in UTF-8, and one beside it with the doc that was updated.
 */
const STORE = 'records';
const ALL = 'all';
const UPDATED = 'updated';

let database: IDBDatabase;
let docs: Map<string, BenchDoc>;

export async function fill(count: number): Promise<void> {
  await connect();
  await put(ALL, new TextEncoder().encode(JSON.stringify([...benchDocs(count)])), 'strict');
}

export async function open(_server: string, key: string): Promise<Opened> {
  const began = performance.now();
  await connect();
  const records = database.transaction(STORE, 'readonly').objectStore(STORE);
  const [all, updated] = [records.get(ALL), records.get(UPDATED)];
  await answered(updated);
  docs = new Map(decode(all.result as Uint8Array) as [string, BenchDoc][]);
  if (updated.result !== undefined) docs.set(key, decode(updated.result as Uint8Array) as BenchDoc);
  const ms = performance.now() - began;
  return { ms, size: docs.size, n: docs.get(key)!.n };
}

export function update(key: string, values: readonly number[], durability: Durability): Promise<number[]> {
  return timed(values, async (n) => {
    const doc = { ...docs.get(key)!, n };
    docs.set(key, doc);
    await put(UPDATED, new TextEncoder().encode(JSON.stringify(doc)), durability);
  });
}

export async function close(): Promise<void> {
  database.close();
}

async function connect(): Promise<void> {
  const request = indexedDB.open('limit', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  database = await answered(request);
}

const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error!);
  });

const put = (key: string, bytes: Uint8Array, durability: Durability): Promise<void> =>
  new Promise((done, failed) => {
    const transaction = database.transaction(STORE, 'readwrite', { durability });
    transaction.oncomplete = () => done();
    transaction.onabort = () => failed(transaction.error!);
    transaction.objectStore(STORE).put(bytes, key);
    transaction.commit();
  });
