import type localforage from 'localforage';
import { Database, type Work } from './database';
import type { LocalStoreError } from '../local-store-error';

type Localforage = typeof localforage;
type Driver = Parameters<Localforage['defineDriver']>[0];

/** Changes that are made durable together, or not at all. Forgetting comes first. */
export interface Changes {
  readonly clear?: boolean;
  /** From the first key up to, and without, the second. */
  readonly forget?: readonly (readonly [string, string])[];
  readonly put?: readonly (readonly [string, unknown])[];
}

export interface StoredRecord {
  readonly key: string;
  readonly value: unknown;
}

/** Localforage as our driver extends it: with transactions of many keys. */
export interface RecordsForage extends Localforage {
  /** All records from one key up to another, as they were at one moment. */
  readRecords(from: string, to: string): Promise<readonly StoredRecord[]>;
  /** Changes nothing when `refuse` finds a reason in the value of `key`, read in the same transaction. */
  commit(
    changes: Changes,
    key: string,
    refuse: (value: unknown) => LocalStoreError | undefined,
  ): Promise<void>;
  disconnect(): void;
}

/** An instance of localforage under our driver. */
interface Instance {
  _dbInfo: Database;
}

type Method<A extends unknown[], T> = (this: Instance, ...args: A) => Promise<T>;

/** A method of one request. Callbacks, which localforage also offers, are for code older than promises. */
const asking = <A extends unknown[], R, T>(
  mode: 'readonly' | 'readwrite',
  ask: (records: IDBObjectStore, ...args: A) => IDBRequest<R>,
  answer: (result: R, ...args: A) => T,
): Method<A, T> =>
  function (...args) {
    return this._dbInfo.transact(mode, ({ records }) => {
      const request = ask(records, ...args);
      return () => answer(request.result, ...args);
    });
  };

const nothing = (): void => {};

const readRecords: Method<[string, string], readonly StoredRecord[]> = function (from, to) {
  return this._dbInfo.transact('readonly', ({ records }) => {
    const range = IDBKeyRange.bound(from, to, false, true);
    const keys = records.getAllKeys(range);
    const values = records.getAll(range);
    return () => keys.result.map((key, i) => ({ key: key as string, value: values.result[i] as unknown }));
  });
};

const change = ({ records }: Work, { clear, forget = [], put = [] }: Changes): void => {
  if (clear) records.clear();
  for (const [from, to] of forget) if (from < to) records.delete(IDBKeyRange.bound(from, to, false, true));
  for (const [key, value] of put) records.put(value, key);
  // Saves the wait for a turn in which nothing is asked.
  records.transaction.commit();
};

const commit: Method<[Changes, string, (value: unknown) => LocalStoreError | undefined], void> = function (
  changes,
  key,
  refuse,
) {
  return this._dbInfo.transact('readwrite', (work) => {
    work.then(work.records.get(key), (value) => {
      const refusal = refuse(value);
      if (refusal) work.abort(refusal);
      else change(work, changes);
    });
    return nothing;
  });
};

/**
 * Localforage's stock IndexedDB driver opens relaxed transactions, of one key each. This one's are strict, and
 * of as many keys as belong together.
 */
const driver = {
  _driver: 'atomsyncRecords',
  _support: true,
  // Opens nothing yet: localforage would drop the error that says why it cannot be opened.
  _initStorage(this: Instance, { name = '', version = 1 }: { name?: string; version?: number }) {
    this._dbInfo = new Database(name, version);
    return Promise.resolve();
  },
  getItem: asking<[string], unknown, unknown>(
    'readonly',
    (records, key) => records.get(key),
    (value) => value ?? null,
  ),
  setItem: asking<[string, unknown], IDBValidKey, unknown>(
    'readwrite',
    (records, key, value) => records.put(value, key),
    (_, _key, value) => value,
  ),
  removeItem: asking<[string], undefined, void>('readwrite', (records, key) => records.delete(key), nothing),
  clear: asking<[], undefined, void>('readwrite', (records) => records.clear(), nothing),
  length: asking<[], number, number>(
    'readonly',
    (records) => records.count(),
    (count) => count,
  ),
  keys: asking<[], IDBValidKey[], IDBValidKey[]>(
    'readonly',
    (records) => records.getAllKeys(),
    (keys) => keys,
  ),
  key: asking<[number], IDBValidKey[], IDBValidKey | null>(
    'readonly',
    (records) => records.getAllKeys(),
    (keys, n) => keys[n] ?? null,
  ),
  async iterate(this: Instance, visit: (value: unknown, key: string, count: number) => unknown) {
    let count = 0;
    for (const { key, value } of await readRecords.call(this, '', '\uffff')) {
      const result = visit(value, key, ++count);
      if (result !== undefined) return result;
    }
    return undefined;
  },
  dropInstance(this: Instance) {
    return this._dbInfo.remove();
  },
  readRecords,
  commit,
  disconnect(this: Instance) {
    this._dbInfo.disconnect();
  },
};

/** Localforage on `database`, through our driver; opens it when it is first used. */
export const openRecords = async (forage: Localforage, database: string): Promise<RecordsForage> => {
  if (!forage.supports(driver._driver)) await forage.defineDriver(driver as unknown as Driver);
  const instance = forage.createInstance({ name: database, driver: driver._driver, version: 1 });
  await instance.ready();
  return instance as RecordsForage;
};
