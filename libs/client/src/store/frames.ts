/*
 *   file    ┌──────────┬──────────────┬─────────────┬─────────────┬───
 *           │ ATOMSYN1 │ frame: header│ frame: batch│ frame: batch│ …
 *           └──────────┴──────────────┴─────────────┴─────────────┴───
 *   frame   ┌────────┬───────┬────────────────┐
 *           │ length │ crc32 │ payload        │   length ≥ 1, so that a tail of zeros is no frame
 *           │  u32   │  u32  │ length bytes   │
 *           └────────┴───────┴────────────────┘
 *   header  generation u32, group string
 *
 *   The header's checksum is the seed of all others in the file: a block that strayed in from another file,
 *   or from an earlier life of this one, does not count.
 */
import { crc32 } from 'node:zlib';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';

const magic = Buffer.from('ATOMSYN1', 'latin1');
const frameOverhead = 8;

/** What a file says of itself. */
export interface FileHeader {
  readonly group: string;
  /** With a snapshot: of the first journal that is not in it. With a journal: its place in their order. */
  readonly generation: number;
}

export interface FileStart extends FileHeader {
  /** The beginning of the file, and the seed of what follows. */
  readonly bytes: Buffer;
  readonly seed: number;
}

export interface Scan extends FileHeader {
  readonly payloads: readonly Uint8Array[];
  readonly seed: number;
  /** Where the last whole frame ends. */
  readonly end: number;
}

/** How many bytes from the beginning hold the header, for a reader that has at least 12 of them. */
export const startSize = (bytes: Buffer): number =>
  magic.length + frameOverhead + bytes.readUInt32LE(magic.length);

export const encodeStart = (header: FileHeader): FileStart => {
  const writer = new ByteWriter();
  writer.u32(header.generation);
  writer.string(header.group);
  const payload = writer.done();
  return { ...header, bytes: Buffer.concat([magic, encodeFrame(payload, 0)]), seed: crc32(payload, 0) };
};

export const encodeFrame = (payload: Uint8Array, seed: number): Buffer => {
  const head = Buffer.allocUnsafe(frameOverhead);
  head.writeUInt32LE(payload.byteLength, 0);
  head.writeUInt32LE(crc32(payload, seed), 4);
  return Buffer.concat([head, payload]);
};

/** The whole frames from the beginning on, up to the first that is not; `undefined` without a whole header. */
export const scanFrames = (bytes: Buffer): Scan | undefined => {
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const start = frameAt(bytes, magic.length, 0);
  if (!start) return undefined;
  const seed = crc32(start, 0);
  const reader = new ByteReader(start);
  const header: FileHeader = { generation: reader.u32(), group: reader.string() };
  const payloads: Uint8Array[] = [];
  let end = magic.length + frameOverhead + start.byteLength;
  for (let next = frameAt(bytes, end, seed); next; next = frameAt(bytes, end, seed)) {
    payloads.push(next);
    end += frameOverhead + next.byteLength;
  }
  return { ...header, payloads, seed, end };
};

const frameAt = (bytes: Buffer, at: number, seed: number): Uint8Array | undefined => {
  if (at + frameOverhead > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const start = at + frameOverhead;
  if (length === 0 || start + length > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + length);
  return crc32(payload, seed) === bytes.readUInt32LE(at + 4) ? payload : undefined;
};
