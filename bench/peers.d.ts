/*
 * The parts of the peers that their sides use, but for those that the sister benches have declared. They are installed by
 * the bench alone, so that everything else, the check of types among it, does without them.
 */

declare module 'immutable' {
  interface Map<K, V> {
    get(key: K): V | undefined;
    set(key: K, value: V): Map<K, V>;
  }
  function Map<K, V>(entries: Iterable<readonly [K, V]>): Map<K, V>;
}

declare module 'mutative' {
  function create<K, V>(state: ReadonlyMap<K, V>, change: (draft: Map<K, V>) => void): ReadonlyMap<K, V>;
}

declare module '@ngrx/entity' {
  interface EntityState<E> {
    readonly ids: readonly string[];
    readonly entities: Readonly<Record<string, E | undefined>>;
  }
  interface EntityAdapter<E> {
    getInitialState(): EntityState<E>;
    setAll(entities: readonly E[], state: EntityState<E>): EntityState<E>;
    setOne(entity: E, state: EntityState<E>): EntityState<E>;
  }
  function createEntityAdapter<E>(options: { readonly selectId: (entity: E) => string }): EntityAdapter<E>;
}

declare module '@ngneat/elf' {
  type Observable<T> = import('rxjs').Observable<T>;
  type OperatorFunction<A, B> = import('rxjs').OperatorFunction<A, B>;
  type Reducer = (state: object) => object;
  interface Store extends Observable<object> {
    update(...reducers: readonly Reducer[]): void;
  }
  function createStore(options: { readonly name: string }, ...features: readonly object[]): Store;
}

declare module '@ngneat/elf-entities' {
  type Reducer = import('@ngneat/elf').Reducer;
  function withEntities<E, K extends keyof E>(options: { readonly idKey: K }): object;
  function setEntities<E>(entities: readonly E[]): Reducer;
  function upsertEntities<E>(entity: E): Reducer;
  function selectEntity(id: string): import('rxjs').OperatorFunction<object, object | undefined>;
}

declare module 'yjs' {
  interface YMapEvent {
    readonly keysChanged: ReadonlySet<string>;
  }
  interface YMap<V> {
    readonly size: number;
    get(key: string): V | undefined;
    set(key: string, value: V): V;
    values(): IterableIterator<V>;
    observe(hear: (event: YMapEvent) => void): void;
  }
  class Doc {
    getMap<V>(name: string): YMap<V>;
    transact(change: () => void): void;
  }
}

declare module 'y-websocket' {
  class WebsocketProvider {
    constructor(
      url: string,
      room: string,
      doc: import('yjs').Doc,
      options: { readonly WebSocketPolyfill: unknown; readonly disableBc: boolean },
    );
    readonly ws: { readonly bufferedAmount: number } | null;
    once(event: 'sync', hear: () => void): void;
    destroy(): void;
  }
}

declare module '@y/websocket-server/utils' {
  function setupWSConnection(socket: unknown, request: import('node:http').IncomingMessage): void;
}

declare module '@hocuspocus/server' {
  class Server {
    constructor(options: {
      readonly port: number;
      readonly quiet: boolean;
      readonly extensions: readonly object[];
    });
    listen(): Promise<unknown>;
  }
}

declare module '@hocuspocus/extension-database' {
  interface Place {
    readonly documentName: string;
  }
  class Database {
    constructor(options: {
      readonly fetch: (place: Place) => Promise<Uint8Array | null>;
      readonly store: (change: Place & { readonly state: Uint8Array }) => Promise<void>;
    });
  }
}

declare module '@hocuspocus/provider' {
  class HocuspocusProviderWebsocket {
    constructor(options: { readonly url: string; readonly WebSocketPolyfill: unknown });
  }
  class HocuspocusProvider {
    constructor(options: {
      readonly websocketProvider: HocuspocusProviderWebsocket;
      readonly name: string;
      readonly document: import('yjs').Doc;
    });
    readonly isSynced: boolean;
    readonly hasUnsyncedChanges: boolean;
    attach(): void;
    on(event: 'synced' | 'unsyncedChanges', hear: () => void): void;
    off(event: 'unsyncedChanges', hear: () => void): void;
    destroy(): void;
  }
}

declare module 'rxdb/plugins/core' {
  interface RxCollection<T> {
    readonly $: import('rxjs').Observable<{ readonly documentId: string; readonly documentData: T }>;
    bulkUpsert(docs: readonly T[]): Promise<{ readonly error: readonly unknown[] }>;
    incrementalUpsert(doc: T): Promise<unknown>;
  }
  function createRxDatabase(options: {
    readonly name: string;
    readonly storage: object;
    readonly multiInstance: boolean;
  }): Promise<RxDatabase>;
}

declare module 'rxdb/plugins/replication-websocket' {
  function startWebsocketServer(options: {
    readonly database: import('rxdb/plugins/core').RxDatabase;
    readonly port: number;
    readonly path: string;
  }): object;
  function replicateWithWebsocketServer<T>(options: {
    readonly collection: import('rxdb/plugins/core').RxCollection<T>;
    readonly url: string;
    readonly live: boolean;
  }): Promise<{ awaitInitialReplication(): Promise<void>; awaitInSync(): Promise<unknown> }>;
}

declare module 'tinybase' {
  interface Store {
    setRow(table: string, row: string, cells: object): Store;
    getRow(table: string, row: string): object;
    getTable(table: string): Readonly<Record<string, object>>;
    getRowCount(table: string): number;
    transaction(change: () => void): void;
    addTableListener(table: string, listener: () => void): string;
    addRowListener(table: string, row: string, listener: () => void): string;
  }
  interface MergeableStore extends Store {
    readonly isMergeable: () => boolean;
  }
  function createMergeableStore(): MergeableStore;
}

declare module 'tinybase/persisters/persister-file' {
  function createFilePersister(store: import('tinybase').MergeableStore, file: string): object;
}

declare module 'tinybase/synchronizers/synchronizer-ws-client' {
  function createWsSynchronizer(
    store: import('tinybase').MergeableStore,
    socket: object,
  ): Promise<{ startSync(): Promise<unknown>; destroy(): Promise<unknown> }>;
}

declare module 'tinybase/synchronizers/synchronizer-ws-server' {
  function createWsServer(server: object, persister: (path: string) => object): object;
}
