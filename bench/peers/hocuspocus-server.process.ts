/*
 * Hocuspocus with its database extension on SQLite, which it writes to two seconds after a change, at the latest after ten.
 */
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import Sqlite from 'better-sqlite3';
import { parseArgs } from 'node:util';
import { freePort } from '../../test/support/free-port';

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });

async function serve(): Promise<void> {
  const database = new Sqlite(values.db ?? 'hocuspocus.db');
  database.exec('CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, data BLOB NOT NULL)');
  const read = database.prepare('SELECT data FROM documents WHERE name = ?');
  const write = database.prepare(
    'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data',
  );
  const port = await freePort();
  const server = new Server({
    ...{ port, quiet: true },
    extensions: [
      new Database({
        fetch: async ({ documentName }) => {
          const [found] = read.iterate(documentName) as Iterable<{ readonly data: Uint8Array }>;
          return found?.data ?? null;
        },
        store: async ({ documentName, state }) => {
          write.run(documentName, state);
        },
      }),
    ],
  });
  await server.listen();
  console.log(`Hocuspocus on http://localhost:${port}`);
}

process.once('SIGTERM', () => process.exit(0));
void serve();
