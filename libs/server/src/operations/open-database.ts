import { existsSync } from 'node:fs';
import { AtomSyncServerError } from '../errors';
import { openSqlite, type SqliteConnection } from '../store/typeorm/sqlite-connection';

/** Milliseconds for which another connection's lock is waited for. */
const PATIENCE = 5000;

/** Without these a file is no database of Atomsync's. */
const TABLES = ['atomsync_docs', 'atomsync_epochs', 'atomsync_groups', 'atomsync_lines', 'atomsync_marks'];

/**
 * A connection of its own to an Atomsync database that is there, beside whoever serves it.
 *
 * @throws AtomSyncServerError `NO_SUCH_DATABASE`, `NOT_A_DATABASE`, `DATABASE_UNUSABLE`
 */
export function openDatabase(file: string, { readonly }: { readonly readonly: boolean }): SqliteConnection {
  if (!existsSync(file)) {
    throw new AtomSyncServerError(
      'NO_SUCH_DATABASE',
      `There is no database file ${file}. Name the file that the server was started with.`,
    );
  }
  let connection: SqliteConnection | undefined;
  try {
    connection = openSqlite(file, { readonly, fileMustExist: true, timeout: PATIENCE });
    const missing = missingTables(connection);
    if (missing.length === 0) return connection;
    throw new AtomSyncServerError(
      'NOT_A_DATABASE',
      `${file} is no database of Atomsync's: it has no ${missing.join(', ')}. Name the file that the server was started with.`,
    );
  } catch (error) {
    connection?.close();
    throw unusable(file, error);
  }
}

function missingTables(connection: SqliteConnection): string[] {
  const rows = connection.prepare(`SELECT "name" FROM sqlite_master WHERE "type" = 'table'`).all();
  const names = new Set((rows as { name: string }[]).map(({ name }) => name));
  return TABLES.filter((table) => !names.has(table));
}

/** The error that says, with a code, what SQLite or the file system said about a file. */
export function unusable(file: string, cause: unknown): AtomSyncServerError {
  if (cause instanceof AtomSyncServerError) return cause;
  const { code = '', message } = cause as { code?: string; message: string };
  if (code === 'SQLITE_NOTADB') {
    const text = `${file} is no SQLite database. Name the file that the server was started with.`;
    return new AtomSyncServerError('NOT_A_DATABASE', text, { cause });
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    const text = `${file} is damaged: ${message}. Take another backup.`;
    return new AtomSyncServerError('DATABASE_DAMAGED', text, { cause });
  }
  const text = `The database file ${file} cannot be used: ${message}. Name a file in a directory that exists and can be written to.`;
  return new AtomSyncServerError('DATABASE_UNUSABLE', text, { cause });
}
