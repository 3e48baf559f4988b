import { createRequire } from 'node:module';

/** The part of a better-sqlite3 connection, which brings no types, that is used without TypeORM. */
export interface SqliteConnection {
  exec(sql: string): unknown;
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  prepare(sql: string): SqliteStatement;
  backup(
    to: string,
    options: { progress(pages: { totalPages: number; remainingPages: number }): number },
  ): Promise<unknown>;
  close(): unknown;
}

export interface SqliteStatement {
  all(...parameters: unknown[]): unknown[];
  get(...parameters: unknown[]): unknown;
  run(...parameters: unknown[]): { readonly changes: number };
}

export interface SqliteOpenOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  /** Milliseconds to wait for others' locks. */
  readonly timeout?: number;
}

type Sqlite = new (file: string, options?: SqliteOpenOptions) => SqliteConnection;

/** A connection of one's own to an SQLite file. Throws what better-sqlite3 throws. */
export function openSqlite(file: string, options?: SqliteOpenOptions): SqliteConnection {
  const Connection = createRequire(__filename)('better-sqlite3') as Sqlite;
  return new Connection(file, options);
}
