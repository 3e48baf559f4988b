/*
 * The parts of the peers that their pages use. They are installed by the bench alone, so that everything else, the
 * check of types among it, does without them.
 */

declare module 'dexie' {
  interface Table<T, K> {
    bulkPut(docs: readonly T[]): Promise<K>;
    put(doc: T): Promise<K>;
    toArray(): Promise<T[]>;
  }
  class Dexie {
    constructor(
      name: string,
      options: { readonly chromeTransactionDurability?: 'default' | 'strict' | 'relaxed' },
    );
    version(version: number): { stores(schema: Readonly<Record<string, string>>): unknown };
    table<T, K>(name: string): Table<T, K>;
    open(): Promise<unknown>;
    close(): void;
  }
}

declare module 'rxdb/plugins/storage-dexie' {
  function getRxStorageDexie(settings: { readonly chromeTransactionDurability?: 'strict' }): object;
}

declare module 'rxdb/plugins/core' {
  type RxDocument<T> = T & { incrementalPatch(patch: Partial<T>): Promise<RxDocument<T>> };
  interface RxCollection<T> {
    bulkInsert(docs: readonly T[]): Promise<{ readonly error: readonly unknown[] }>;
    find(): { exec(): Promise<RxDocument<T>[]> };
    findOne(key: string): {
      readonly $: import('rxjs').Observable<RxDocument<T> | null>;
      exec(): Promise<RxDocument<T> | null>;
    };
  }
  interface RxDatabase {
    addCollections<C>(collections: Readonly<Record<keyof C, { readonly schema: object }>>): Promise<C>;
    close(): Promise<unknown>;
  }
  function createRxDatabase(options: {
    readonly name: string;
    readonly storage: object;
  }): Promise<RxDatabase>;
}
