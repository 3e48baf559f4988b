import { decodeBody } from './body';

/*
 * A dump is one CBOR array of pairs, put together from the bytes of the bodies as they are:
 *
 *   ┌───────────┬─────────────────────────────────────┐
 *   │ version 8 │ CBOR: [[key, doc], [key, doc], …]   │
 *   └───────────┴─────────────────────────────────────┘
 */
const HEADER = 13;

/** @param version how far the docs reach */
export function writeDump(version: number, docs: Iterable<readonly [key: string, body: Buffer]>): Buffer {
  let bytes = Buffer.allocUnsafe(1 << 16);
  let at = HEADER;
  let count = 0;
  for (const [key, body] of docs) {
    const room = at + 4 + 3 * key.length + body.length;
    if (room > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * room);
      bytes.copy(larger, 0, 0, at);
      bytes = larger;
    }
    bytes[at] = 0x82;
    const length = bytes.write(key, at + 4);
    bytes[at + 1] = 0x79;
    bytes.writeUInt16BE(length, at + 2);
    at += 4 + length;
    at += body.copy(bytes, at);
    count++;
  }
  bytes.writeDoubleLE(version);
  bytes[8] = 0x9a;
  bytes.writeUInt32BE(count, 9);
  return bytes.subarray(0, at);
}

export function readDump<D>(dump: Buffer): {
  readonly version: number;
  readonly docs: readonly (readonly [string, D])[];
} {
  return { version: dump.readDoubleLE(), docs: decodeBody(dump.subarray(8)) };
}
