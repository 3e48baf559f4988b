/** The part of `better-sqlite3` that the relay uses. */
declare module 'better-sqlite3' {
  class Database {
    constructor(file: string);
    pragma(source: string): unknown;
    exec(source: string): this;
    prepare(source: string): Database.Statement;
    transaction<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
    close(): this;
  }
  namespace Database {
    interface Statement {
      run(...parameters: unknown[]): { readonly changes: number };
      iterate(...parameters: unknown[]): IterableIterator<unknown>;
    }
  }
  export = Database;
}
