/*
 * TinyBase's WebSocket server with a file persister: all of the store is written to the file after a change.
 */
import { createMergeableStore } from 'tinybase';
import { createFilePersister } from 'tinybase/persisters/persister-file';
import { createWsServer } from 'tinybase/synchronizers/synchronizer-ws-server';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import type { AddressInfo } from 'node:net';

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });

const sockets = new WebSocketServer({ port: 0, perMessageDeflate: false });
createWsServer(sockets, () => createFilePersister(createMergeableStore(), values.db ?? 'tinybase.json'));
sockets.on('listening', () => {
  console.log(`TinyBase on http://localhost:${(sockets.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => process.exit(0));
