import type { Writer } from '../cbor/writer';
import { ProtocolError } from '../errors/protocol-error';
import type { Keyword } from './keyword';
import { kindOfObject } from './kind';
import { refusal } from './refusal';
import { TAG_BIG, TAG_EPOCH, TAG_KEYWORD, TAG_MAP, TAG_NEGATIVE_BIG, TAG_SET, TAG_UUID } from './tags';
import { MEMBER_DEPTH } from './member-depth';
import type { UUID } from './uuid';

/**
 * Encodes one value and judges on the way whether it can be carried; `depth` is how many more containers may
 * be nested, `members` how many more Sets and Maps as members or keys of each other. With `sorted`, keys and members go in the order of their encoded bytes (RFC 8949, 4.2.1).
 */
export function writeValue(
  out: Writer,
  value: unknown,
  depth: number,
  sorted: boolean,
  members: number = MEMBER_DEPTH,
): void {
  switch (typeof value) {
    case 'string':
      return out.text(value);
    case 'number':
      return out.number(value);
    case 'boolean':
      return out.byte(value ? 0xf5 : 0xf4);
    case 'undefined':
      return out.byte(0xf7);
    case 'bigint':
      return writeBigint(out, value);
    case 'object':
      if (value === null) return out.byte(0xf6);
      return writeObject(out, value, depth, sorted, members);
    default:
      throw refusal(typeof value);
  }
}

function writeObject(out: Writer, value: object, depth: number, sorted: boolean, members: number): void {
  const kind = kindOfObject(value);
  switch (kind) {
    case 'object': {
      const record = value as Readonly<Record<string, unknown>>;
      const keys = Object.keys(record);
      if (depth === 0) throw tooDeep();
      if (
        Object.getOwnPropertyNames(record).length !== keys.length ||
        Object.getOwnPropertySymbols(record).length > 0
      ) {
        throw refusal('an object with symbol or non-enumerable keys');
      }
      out.head(5, keys.length);
      if (sorted)
        return writeSorted(
          out,
          keys,
          (key) => (out.text(key), writeValue(out, record[key], depth - 1, sorted, members)),
        );
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i]!;
        out.text(key);
        writeValue(out, record[key], depth - 1, false, members);
      }
      return;
    }
    case 'array': {
      const array = value as readonly unknown[];
      if (depth === 0) throw tooDeep();
      // Holes make fewer keys than items, named properties more; both at once are told apart item by item.
      if (Object.getOwnPropertyNames(array).length !== array.length + 1)
        throw refusal('a sparse array or one with extra keys');
      out.head(4, array.length);
      for (let i = 0; i < array.length; i++) {
        const item = array[i];
        if (item === undefined && !Object.hasOwn(array, i)) throw refusal('a sparse array');
        writeValue(out, item, depth - 1, sorted, members);
      }
      return;
    }
    case 'map': {
      const map = value as ReadonlyMap<unknown, unknown>;
      if (depth === 0 || (members === 0 && map.size > 0)) throw tooDeep();
      out.head(6, TAG_MAP);
      out.head(5, map.size);
      const distinct = new Distinct(out, map.size);
      const one = ([key, item]: readonly [unknown, unknown]): void => {
        const at = out.length;
        writeValue(out, key, depth - 1, sorted, members - 1);
        distinct.check(key, at, depth - 1, sorted);
        writeValue(out, item, depth - 1, sorted, members);
      };
      if (sorted) return writeSorted(out, [...map], one);
      for (const entry of map) one(entry);
      return;
    }
    case 'set': {
      const set = value as ReadonlySet<unknown>;
      if (depth === 0 || (members === 0 && set.size > 0)) throw tooDeep();
      out.head(6, TAG_SET);
      out.head(4, set.size);
      const distinct = new Distinct(out, set.size);
      const one = (member: unknown): void => {
        const at = out.length;
        writeValue(out, member, depth - 1, sorted, members - 1);
        distinct.check(member, at, depth - 1, sorted);
      };
      if (sorted) return writeSorted(out, [...set], one);
      for (const member of set) one(member);
      return;
    }
    case 'date': {
      const seconds = (value as Date).getTime() / 1000;
      out.head(6, TAG_EPOCH);
      return out.number(seconds);
    }
    case 'bytes':
      return out.bytes(value as Uint8Array);
    case 'uuid':
      out.head(6, TAG_UUID);
      return out.bytes((value as UUID).toBytes());
    case 'keyword':
      out.head(6, TAG_KEYWORD);
      return out.text((value as Keyword).fullName);
    default:
      throw refusal('a class instance');
  }
}

function writeBigint(out: Writer, value: bigint): void {
  const negative = value < 0n;
  let hex = (negative ? -1n - value : value).toString(16);
  if (hex === '0') hex = '';
  if (hex.length % 2 === 1) hex = `0${hex}`;
  out.head(6, negative ? TAG_NEGATIVE_BIG : TAG_BIG);
  out.head(2, hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) out.byte(Number.parseInt(hex.slice(i, i + 2), 16));
}

/** Writes each item, then puts the written pieces into the order of their bytes. */
function writeSorted<T>(out: Writer, items: readonly T[], write: (item: T) => void): void {
  const start = out.length;
  const pieces = items.map((item) => {
    const from = out.length;
    write(item);
    return out.peek(from).slice();
  });
  out.truncate(start);
  pieces.sort(compareBytes);
  for (const piece of pieces) out.raw(piece);
}

/** Bytewise lexicographic order. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/**
 * Keys and members that are objects are distinct in memory by identity, on the wire by content: two equal
 * ones in one Map or Set could not be told apart any more.
 */
class Distinct {
  private seen: Set<string> | undefined;

  constructor(
    private readonly out: Writer,
    private readonly size: number,
  ) {}

  check(member: unknown, at: number, depth: number, sorted: boolean): void {
    if (typeof member !== 'object' || member === null || this.size === 1) return;
    const { out } = this;
    const end = out.length;
    if (!sorted) writeValue(out, member, depth, true);
    const text = latin1(out.peek(sorted ? at : end));
    out.truncate(end);
    this.seen ??= new Set();
    if (this.seen.has(text)) throw refusal('two equal members in one Set or Map');
    this.seen.add(text);
  }
}

/** One character a byte: bytes as a key of a Map or Set. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096)
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + 4096) as unknown as number[]);
  return text;
}

function tooDeep(): ProtocolError {
  return new ProtocolError('TOO_DEEP', 'The value is nested too deep, or contains itself');
}
