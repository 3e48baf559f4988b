import { existsSync, realpathSync } from 'node:fs';
import { AtomSyncServerError } from '../../errors';
import { openSqlite } from './sqlite-connection';

/**
 * Holds a database file for this process alone, until `release` or the end of the process, however it ends.
 * The lock is on a file beside it, so that others can still read the database itself.
 */
export function lockDatabase(file: string): { release(): void } {
  if (file === ':memory:' || file === '') return { release: () => undefined };
  const lock = openSqlite(`${existsSync(file) ? realpathSync(file) : file}-lock`, { timeout: 200 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new AtomSyncServerError(
      'DATABASE_IN_USE',
      `Another process serves the database file ${file}; one file has one server. Stop the other one, or name another file; several servers share their data in PostgreSQL.`,
      { cause: error },
    );
  }
  return { release: () => void lock.close() };
}
