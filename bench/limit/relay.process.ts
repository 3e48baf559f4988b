/*
 * The limit's server: takes a frame of docs, makes it durable in one transaction, sends the same bytes to all
 * others and a four-byte count to the author. Plain `ws` and better-sqlite3.
 */
import Database from 'better-sqlite3';
import { parseArgs } from 'node:util';
import { WebSocketServer, type WebSocket } from 'ws';
import { docsOf } from './frame';

/** Rows of one prepared statement. */
const ROWS = 250;

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });
const database = new Database(values.db ?? 'limit.db');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE IF NOT EXISTS docs (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID');

const insert = (rows: number): Database.Statement =>
  database.prepare(
    `INSERT INTO docs (key, body) VALUES ${Array(rows).fill('(?, ?)').join(', ')}
     ON CONFLICT (key) DO UPDATE SET body = excluded.body`,
  );
const many = insert(ROWS);
const one = insert(1);

/** When it returns, the frame is on the disk. */
const store = database.transaction((frame: Buffer): number => {
  let count = 0;
  let row: unknown[] = [];
  for (const [key, body] of docsOf(frame)) {
    row.push(key.toString(), body);
    count++;
    if (row.length < 2 * ROWS) continue;
    many.run(row);
    row = [];
  }
  for (let at = 0; at < row.length; at += 2) one.run(row[at], row[at + 1]);
  return count;
});

const server = new WebSocketServer({
  port: Number(values.port ?? 0),
  perMessageDeflate: false,
  maxPayload: 2 ** 28,
});
server.on('connection', (author: WebSocket) => {
  author.on('message', (frame: Buffer) => {
    const stored = Buffer.allocUnsafe(4);
    stored.writeUInt32LE(store(frame));
    for (const other of server.clients) if (other !== author) other.send(frame);
    author.send(stored);
  });
});
server.on('listening', () => {
  console.log(`Relay on http://localhost:${(server.address() as { port: number }).port}`);
});
process.once('SIGTERM', () => {
  for (const client of server.clients) client.terminate();
  server.close();
  database.close();
});
