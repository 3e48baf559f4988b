/*
 * RxDB's own replication server, on its memory storage: its storages that survive a Node process are sold apart.
 */
import { startWebsocketServer } from 'rxdb/plugins/replication-websocket';
import { freePort } from '../../test/support/free-port';
import { openDocs } from './rxdb-docs';

async function serve(): Promise<void> {
  const { database } = await openDocs();
  const port = await freePort();
  startWebsocketServer({ database, port, path: '/' });
  console.log(`RxDB on http://localhost:${port}`);
}

process.once('SIGTERM', () => process.exit(0));
void serve();
