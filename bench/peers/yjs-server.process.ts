/*
 * The server of y-websocket with its LevelDB persistence.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });

async function serve(): Promise<void> {
  process.env['YPERSISTENCE'] = values.db;
  const { setupWSConnection } = await import('@y/websocket-server/utils');
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on('connection', (socket, request: IncomingMessage) => setupWSConnection(socket, request));
  http.listen(0, () => {
    console.log(`y-websocket on http://localhost:${(http.address() as AddressInfo).port}`);
  });
}

process.once('SIGTERM', () => process.exit(0));
void serve();
