import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypeOrmCommitStore } from '../../src/store/typeorm/typeorm-commit-store';

/** A real SQLite file in a folder of its own. */
export async function sqlitePlace() {
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-server-'));
  const file = join(folder, 'data.db');
  return {
    file,
    store: () => new TypeOrmCommitStore({ type: 'better-sqlite3', database: file }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
