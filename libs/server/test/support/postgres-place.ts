import { createRequire } from 'node:module';
import { POSTGRES_URL } from '../../../../test/support/servers';
import type { PostgresDatabaseOptions } from '../../src/store/typeorm/postgres-pool';
import { PostgresCommitStore } from '../../src/store/typeorm/postgres-commit-store';

interface Pg {
  readonly Client: new (url: string) => {
    connect(): Promise<void>;
    query(text: string): Promise<unknown>;
    end(): Promise<void>;
  };
}

let places = 0;

/** A schema of its own in a real database, removed with `dispose`. */
export async function postgresPlace() {
  const schema = `atomsync_test_${process.pid}_${Date.now().toString(36)}_${++places}`;
  await command(`CREATE SCHEMA "${schema}"`);
  const url = new URL(POSTGRES_URL);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return {
    url: url.toString(),
    store: (options: Partial<PostgresDatabaseOptions> = {}) =>
      new PostgresCommitStore({ type: 'postgres', url: url.toString(), poolSize: 4, ...options }),
    dispose: () => command(`DROP SCHEMA "${schema}" CASCADE`),
  };
}

/** Runs a statement on the server that tests use. */
export async function command(text: string): Promise<void> {
  const { Client } = createRequire(__filename)('pg') as Pg;
  const client = new Client(POSTGRES_URL);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
