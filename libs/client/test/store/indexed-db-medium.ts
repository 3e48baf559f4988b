import type { LocalStoreMedium } from '../../../testing/src/local-store-medium';
import 'fake-indexeddb/auto';
import { VirtualTimeScheduler } from 'rxjs';
import { localforageStore, type LocalforageStoreOptions } from '../../src/store/browser/localforage-store';
import type { LocalStore } from '../../src/store/local-store';

let made = 0;

/** A database of its own in the IndexedDB that jest has instead of a browser's. */
export class IndexedDbMedium implements LocalStoreMedium {
  readonly database = `database ${++made}`;

  constructor(readonly options: LocalforageStoreOptions = {}) {}

  open(options: LocalforageStoreOptions = {}): LocalStore {
    // Virtual time stands still: nothing is compacted for idleness unless the test says so.
    return localforageStore(this.database, {
      scheduler: new VirtualTimeScheduler(),
      ...this.options,
      ...options,
    });
  }

  async crashed(): Promise<IndexedDbMedium> {
    const copy = new IndexedDbMedium(this.options);
    const records = await this.records();
    await copy.withRecords((store) => {
      for (const [key, value] of records) store.put(value, key);
    });
    return copy;
  }

  async records(): Promise<Map<string, Uint8Array>> {
    const [keys, values] = await this.withRecords((store) => [store.getAllKeys(), store.getAll()] as const);
    return new Map(keys.result.map((key, i) => [key as string, values.result[i] as Uint8Array]));
  }

  /** The keys of the records of a kind: chunks, journal, manifest. */
  async keys(kind: 'c' | 'j' | 'm'): Promise<string[]> {
    const keys = await this.withRecords((store) => store.getAllKeys());
    return (keys.result as string[]).filter((key) => key.split(':').at(-1)?.startsWith(kind));
  }

  /** Runs `act` in a transaction of a connection of its own. */
  async withRecords<T>(act: (records: IDBObjectStore) => T): Promise<T> {
    const connection = await this.connect();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = connection.transaction('records', 'readwrite');
        const result = act(transaction.objectStore('records'));
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      connection.close();
    }
  }

  connect(version?: number): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.database, version);
      request.onupgradeneeded = () => {
        if (!request.result.objectStoreNames.contains('records')) request.result.createObjectStore('records');
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  dispose(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(this.database);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  }
}
