/*
 * The limit's server: takes a frame of docs, makes it durable in one transaction, sends the same bytes to all
 * others and a four-byte count to the author. Who connects with `?since=<version>` gets a dump of what came after it
 * first. Plain `ws` and better-sqlite3.
 */
import Database from 'better-sqlite3';
import { parseArgs } from 'node:util';
import { WebSocketServer, type WebSocket } from 'ws';
import { writeDump } from './dump';
import { docsOf } from './frame';

/** Rows of one prepared statement. */
const ROWS = 250;

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });
const database = new Database(values.db ?? 'limit.db');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(
  'CREATE TABLE IF NOT EXISTS docs (key TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID',
);

const insert = (rows: number): Database.Statement =>
  database.prepare(
    `INSERT INTO docs (key, version, body) VALUES ${Array(rows).fill('(?, ?, ?)').join(', ')}
     ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body`,
  );
const many = insert(ROWS);
const one = insert(1);
let head = 0;

/** When it returns, the frame is on the disk. */
const store = database.transaction((frame: Buffer): number => {
  const before = head;
  let row: unknown[] = [];
  for (const [key, body] of docsOf(frame)) {
    row.push(key.toString(), ++head, body);
    if (row.length < 3 * ROWS) continue;
    many.run(row);
    row = [];
  }
  for (let at = 0; at < row.length; at += 3) one.run(row.slice(at, at + 3));
  return head - before;
});

/** Everything is read without an index, which writes would have to keep; the first that asks for less makes one. */
function dumpSince(version: number): Buffer {
  if (version > 0) database.exec('CREATE INDEX IF NOT EXISTS docs_version ON docs (version)');
  const where = version > 0 ? `WHERE version > ${version} ORDER BY version` : '';
  const rows = database.prepare(`SELECT key, body FROM docs ${where}`).iterate() as Iterable<{
    readonly key: string;
    readonly body: Buffer;
  }>;
  return writeDump(head, pairsOf(rows));
}

function* pairsOf(
  rows: Iterable<{ readonly key: string; readonly body: Buffer }>,
): Generator<readonly [string, Buffer]> {
  for (const { key, body } of rows) yield [key, body];
}

const server = new WebSocketServer({
  port: Number(values.port ?? 0),
  perMessageDeflate: false,
  maxPayload: 2 ** 28,
});
server.on('connection', (author: WebSocket, { url }) => {
  const since = /since=(\d+)/.exec(url ?? '')?.[1];
  if (since !== undefined) author.send(dumpSince(Number(since)));
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
