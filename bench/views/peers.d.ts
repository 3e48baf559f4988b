/*
 * The parts of the peers that their sides use; of RxDB, those that the other bench has not declared. They are installed by
 * the bench alone, so that everything else, the check of types among it, does without them.
 */

declare module 'rxdb/plugins/core' {
  interface RxCollection<T> {
    find(query: { readonly selector: object; readonly sort: readonly object[]; readonly limit: number }): {
      readonly $: import('rxjs').Observable<RxDocument<T>[]>;
    };
  }
}

declare module 'rxdb/plugins/storage-memory' {
  function getRxStorageMemory(): object;
}

declare module 'tinybase' {
  type Cell = string | number | boolean;
  interface Store {
    setTable(table: string, rows: Readonly<Record<string, object>>): Store;
    setPartialRow(table: string, row: string, cells: object): Store;
  }
  interface Definition {
    readonly select: (cell: string) => unknown;
    readonly where: (cell: string, equals: Cell) => unknown;
  }
  interface Queries {
    setQueryDefinition(query: string, table: string, define: (definition: Definition) => void): Queries;
    getResultSortedRowIds(
      query: string,
      cell: string,
      descending: boolean,
      offset: number,
      limit: number,
    ): readonly string[];
    addResultSortedRowIdsListener(
      query: string,
      cell: string,
      descending: boolean,
      offset: number,
      limit: number,
      listener: (
        queries: Queries,
        query: string,
        cell: string,
        descending: boolean,
        offset: number,
        limit: number,
        rows: readonly string[],
      ) => void,
    ): string;
  }
  function createStore(): Store;
  function createQueries(store: Store): Queries;
}
