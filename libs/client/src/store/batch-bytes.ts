/*
 *   batch   ┌───────┬──────────────────────────┬──────┬──────────┬─────────┬──────────┐
 *           │ flags │ token string, version f64│ docs │ removed  │ records │ dropped  │
 *           │  u8   │ only with flag 2         │ list │ list     │ list    │ list     │
 *           └───────┴──────────────────────────┴──────┴──────────┴─────────┴──────────┘
 *   flags   1 replace, 2 cursor, 4 the end of a snapshot
 *   list    count u32, then the items
 *   doc     key string, schema version f64, body bytes
 *   removed, dropped   string
 *   record  id string, value bytes
 *   bytes   length u32, then so many bytes
 *   string  length · 2 + wide u32, then so many bytes of UTF-8 (wide 0) or UTF-16 (wide 1)
 *
 *   All numbers are little-endian.
 */
import type { FeedCursor } from '@atomsync/protocol';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import type { LocalBatch, LocalDoc } from './local-store';

const REPLACE = 1;
const CURSOR = 2;
const END = 4;

/** A batch as it lies in a file. */
export interface StoredBatch extends LocalBatch {
  /** The last batch of a snapshot: without it, the snapshot is not whole. */
  readonly end: boolean;
}

export const encodeBatch = (batch: LocalBatch, end = false): Uint8Array => {
  const writer = new ByteWriter();
  writer.u8((batch.replace ? REPLACE : 0) | (batch.cursor ? CURSOR : 0) | (end ? END : 0));
  if (batch.cursor) {
    writer.string(batch.cursor.token);
    writer.f64(batch.cursor.version);
  }
  const docs = batch.docs ?? [];
  writer.u32(docs.length);
  for (const { key, schemaVersion, body } of docs) {
    writer.string(key);
    writer.f64(schemaVersion);
    writer.bytes(body);
  }
  writeStrings(writer, batch.removed ?? []);
  writer.u32(batch.records?.size ?? 0);
  for (const [id, record] of batch.records ?? []) {
    writer.string(id);
    writer.bytes(record);
  }
  writeStrings(writer, batch.droppedRecords ?? []);
  return writer.done();
};

/** Bodies and records are views of `bytes`. Throws `RangeError` when these are not a batch. */
export const decodeBatch = (bytes: Uint8Array): StoredBatch => readBatch(new ByteReader(bytes));

/** The batches that lie in `bytes` one behind the other. */
export function* decodeBatches(bytes: Uint8Array): Generator<StoredBatch> {
  for (const reader = new ByteReader(bytes); !reader.ended;) yield readBatch(reader);
}

const readBatch = (reader: ByteReader): StoredBatch => {
  const flags = reader.u8();
  const cursor: FeedCursor | undefined =
    flags & CURSOR ? { token: reader.string(), version: reader.f64() } : undefined;
  const docs = readList(reader, (): LocalDoc => ({
    key: reader.string(),
    schemaVersion: reader.f64(),
    body: reader.bytes(),
  }));
  const removed = readList(reader, () => reader.string());
  const records = readList(reader, (): [string, Uint8Array] => [reader.string(), reader.bytes()]);
  const droppedRecords = readList(reader, () => reader.string());
  return {
    replace: (flags & REPLACE) !== 0,
    end: (flags & END) !== 0,
    ...(cursor && { cursor }),
    docs,
    removed,
    records: new Map(records),
    droppedRecords,
  };
};

const writeStrings = (writer: ByteWriter, strings: readonly string[]): void => {
  writer.u32(strings.length);
  for (const string of strings) writer.string(string);
};

const readList = <T>(reader: ByteReader, read: () => T): T[] => {
  const items: T[] = [];
  for (let left = reader.u32(); left > 0; left--) items.push(read());
  return items;
};
