import { localforageStore, type LocalforageStoreOptions } from '@atomsync/client/browser';
import type { LocalDoc, LocalGroup, LocalStore, LocalStoreError } from '@atomsync/client';
import type { ContractRunner } from '../../../libs/testing/src/contract-runner';
import { localStoreContract } from '../../../libs/testing/src/local-store-contract';
import type { LocalStoreMedium } from '../../../libs/testing/src/local-store-medium';

/** How one test of the contract ended; without an error, well. */
export interface Outcome {
  readonly title: string;
  readonly error?: string;
}

/** Runs the contract suite of local stores, compacting now and then. */
export async function runContract(runs: number): Promise<Outcome[]> {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  const around: Record<'before' | 'after', () => Promise<void>> = { before: nothing, after: nothing };
  const runner: ContractRunner = {
    describe: (_, body) => body(),
    it: (title, body) => tests.push({ title, body }),
    beforeEach: (body) => (around.before = body),
    afterEach: (body) => (around.after = body),
    expect: (actual) => ({ toEqual: (expected) => demandEqual(actual, expected) }),
  };
  localStoreContract({ name: 'in this browser', create: () => medium(), runner, runs });
  const outcomes: Outcome[] = [];
  for (const { title, body } of tests) {
    try {
      await around.before();
      await body();
      await around.after();
      outcomes.push({ title });
    } catch (error) {
      outcomes.push({ title, error: String(error) });
    }
  }
  return outcomes;
}

const nothing = async (): Promise<void> => {};

const demandEqual = (actual: unknown, expected: unknown): void => {
  const [a, b] = [textOf(actual), textOf(expected)];
  if (a !== b) throw new Error(`${a.slice(0, 1_000)} is not ${b.slice(0, 1_000)}`);
};

/** The suite compares plain objects, arrays and Maps, which have the same order where they are equal. */
const textOf = (value: unknown): string =>
  JSON.stringify({ value }, (_, part: unknown) => (part instanceof Map ? { map: [...part] } : part));

let made = 0;

const medium = (): LocalStoreMedium => {
  const database = `contract ${++made}`;
  return {
    open: () => localforageStore(database, { idleAfter: 5, compactFrom: 1_000, chunkBytes: 500 }),
    crashed: async () => {
      const copy = medium();
      await copyRecords(database, `contract ${made}`);
      return copy;
    },
    dispose: () => settled(indexedDB.deleteDatabase(database)).then(() => {}),
  };
};

const copyRecords = async (from: string, to: string): Promise<void> => {
  const [source, target] = [await connect(from), await connect(to)];
  const reading = source.transaction('records').objectStore('records');
  const [keys, values] = await Promise.all([settled(reading.getAllKeys()), settled(reading.getAll())]);
  const writing = target.transaction('records', 'readwrite');
  keys.forEach((key, i) => writing.objectStore('records').put(values[i], key));
  await new Promise((done) => (writing.oncomplete = done));
  source.close();
  target.close();
};

const connect = (database: string): Promise<IDBDatabase> => {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('records');
  return settled(request);
};

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });

let store: LocalStore;
let group: LocalGroup;

/** Opens the group that the functions below are about. */
export async function open(options: LocalforageStoreOptions = {}): Promise<void> {
  store = localforageStore('app', options);
  group = await store.open('todo');
}

export async function reopen(): Promise<void> {
  await group.close();
  group = await store.open('todo');
}

export async function remove(): Promise<(string | undefined)[]> {
  await store.remove?.();
  return (await indexedDB.databases()).map(({ name }) => name);
}

/** Appends a doc, a record and a cursor that tell the same number. Gives the code of a refusal. */
export async function append(n: number, bytes = 10): Promise<string> {
  try {
    await group.append({
      docs: [doc(n, bytes)],
      cursor: { token: 't', version: n },
      records: new Map([[`${n}`, new Uint8Array(10)]]),
    });
    return 'durable';
  } catch (error) {
    return (error as LocalStoreError).code;
  }
}

/** Appends 1, 2, 3… without end, three at a time, and tells `window.durable` of each that is. */
export function appendForever(): void {
  const told = globalThis as unknown as { durable(n: number): Promise<void> };
  let n = 0;
  const goOn = async (): Promise<void> => {
    for (;;) {
      const mine = ++n;
      const outcome = await append(mine, 2_000);
      if (outcome !== 'durable') return console.error(`${mine} was refused: ${outcome}`);
      // Waits for the answer, so that what is told does not pile up in front of what the test asks for.
      await told.durable(mine);
    }
  };
  for (let line = 0; line < 3; line++) void goOn();
}

/** The numbers of docs and records, and the cursor's. */
export async function load(): Promise<{ docs: number[]; records: number[]; version: number | undefined }> {
  const state = await group.load();
  const inOrder = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
  return {
    docs: inOrder((state?.docs ?? []).map(({ key }) => Number(key))),
    records: inOrder([...(state?.records.keys() ?? [])].map(Number)),
    version: state?.cursor?.version,
  };
}

/** Appends so many docs at once. */
export async function fill(docs: number): Promise<void> {
  await group.append({ replace: true, docs: Array.from({ length: docs }, (_, n) => doc(n, 150)) });
}

/** How many docs are loaded, and how many records hold them. */
export async function openAndCount(): Promise<{ docs: number; records: number }> {
  await open();
  const docs = (await group.load())?.docs.length ?? 0;
  const database = await connect('app');
  const records = await settled(database.transaction('records').objectStore('records').count());
  database.close();
  return { docs, records };
}

const doc = (n: number, bytes: number): LocalDoc => ({ key: `${n}`, schemaVersion: 1, body: noise(bytes) });

/** Browsers compress what they store. */
const noise = (bytes: number): Uint8Array => {
  const body = new Uint8Array(bytes);
  // So many a call.
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(body.subarray(at, at + 65_536));
  return body;
};
