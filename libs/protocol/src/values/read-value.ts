import { malformed, type Reader, truncated } from '../cbor/reader';
import { ProtocolError } from '../errors/protocol-error';
import { canonicalText } from './canonical-text';
import { keyword } from './keyword';
import { MEMBER_DEPTH } from './member-depth';
import { TAG_BIG, TAG_EPOCH, TAG_KEYWORD, TAG_MAP, TAG_NEGATIVE_BIG, TAG_SET, TAG_UUID } from './tags';
import { UUID } from './uuid';

const MAX_DATE = 8.64e15;

/** Decodes one value; `depth` is how many more containers may be nested. */
export function readValue(from: Reader, depth: number, members: number = MEMBER_DEPTH): unknown {
  const initial = from.peekByte();
  from.pos++;
  switch (initial >> 5) {
    case 0:
      return initial < 24 ? initial : from.argument(initial);
    case 1:
      return negative(from.argument(initial));
    case 2:
      return from.view(from.argument(initial)).slice();
    case 3:
      return from.textOf(from.argument(initial));
    case 4:
      return readArray(from, from.argument(initial), depth, members);
    case 5:
      return readObject(from, from.argument(initial), depth, members);
    case 6:
      return readTagged(from, from.argument(initial), depth, members);
    default:
      return readSimple(from, initial);
  }
}

function negative(argument: number): number {
  if (argument === Number.MAX_SAFE_INTEGER) throw malformed('an integer below -(2^53 - 1)');
  return -1 - argument;
}

function readSimple(from: Reader, initial: number): unknown {
  switch (initial) {
    case 0xf4:
      return false;
    case 0xf5:
      return true;
    case 0xf6:
      return null;
    case 0xf7:
      return undefined;
    case 0xf9:
    case 0xfa:
    case 0xfb:
      return from.float(initial);
    default:
      throw malformed(`the simple value or float ${initial.toString(16)}`);
  }
}

function enter(from: Reader, least: number, depth: number): void {
  if (depth === 0)
    throw new ProtocolError(
      'TOO_DEEP',
      'The value is nested deeper than the limit; flatten it or split the doc',
    );
  if (least > from.end - from.pos) throw truncated();
}

function readArray(from: Reader, count: number, depth: number, members: number): unknown[] {
  enter(from, count, depth);
  const array: unknown[] = [];
  for (let i = 0; i < count; i++) array.push(readValue(from, depth - 1, members));
  return array;
}

function readObject(from: Reader, count: number, depth: number, members: number): Record<string, unknown> {
  enter(from, count * 2, depth);
  const record: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    const key = from.key('a text key of an object');
    const value = readValue(from, depth - 1, members);
    if (key === '__proto__') {
      // Assignment would set the prototype instead.
      Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
    } else record[key] = value;
  }
  if (Object.keys(record).length !== count) throw malformed('an object with the same key twice');
  return record;
}

function readTagged(from: Reader, tag: number, depth: number, members: number): unknown {
  switch (tag) {
    case TAG_EPOCH: {
      const initial = from.peekByte();
      const seconds =
        initial >> 5 === 7 ? readSimple(from, (from.pos++, initial)) : from.int('a time in seconds');
      if (typeof seconds !== 'number') throw malformed('a time that is no number');
      // The whole seconds apart: beyond the year 100,000 the product would round across a millisecond.
      const whole = Math.floor(seconds);
      const ms = whole * 1000 + Math.round((seconds - whole) * 1000);
      if (Math.abs(seconds) === Infinity || Math.abs(ms) > MAX_DATE)
        throw malformed('a time beyond the year 275760');
      return new Date(ms);
    }
    case TAG_BIG:
      return readBigint(from);
    case TAG_NEGATIVE_BIG:
      return -1n - readBigint(from);
    case TAG_UUID:
      return UUID.fromBytes(from.bytes('the 16 bytes of a UUID'));
    case TAG_KEYWORD: {
      const name = from.key('the name of a keyword');
      if (name === '') throw malformed('a keyword without a name');
      return keyword(name);
    }
    case TAG_SET:
      return readSet(from, depth, members);
    case TAG_MAP:
      return readMap(from, depth, members);
    default:
      throw malformed(`the tag ${tag}`);
  }
}

function readBigint(from: Reader): bigint {
  const bytes = from.bytes('the bytes of a big integer');
  if (bytes.length === 0) return 0n;
  let hex = '0x';
  for (const byte of bytes) hex += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
  return BigInt(hex);
}

function readSet(from: Reader, depth: number, members: number): Set<unknown> {
  const count = from.array('the array of a Set');
  enter(from, count, members === 0 && count > 0 ? 0 : depth);
  const set = new Set<unknown>();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const member = readValue(from, depth - 1, members - 1);
    set.add(member);
    if (count > 1) distinct(member, seen);
  }
  if (set.size !== count) throw malformed('a Set with the same member twice');
  return set;
}

function readMap(from: Reader, depth: number, members: number): Map<unknown, unknown> {
  const count = from.map('the map of a Map');
  enter(from, count * 2, members === 0 && count > 0 ? 0 : depth);
  const map = new Map<unknown, unknown>();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const key = readValue(from, depth - 1, members - 1);
    if (count > 1) distinct(key, seen);
    map.set(key, readValue(from, depth - 1, members));
  }
  if (map.size !== count) throw malformed('a Map with the same key twice');
  return map;
}

function distinct(member: unknown, seen: Set<string>): void {
  if (typeof member !== 'object' || member === null) return;
  const text = canonicalText(member);
  if (seen.has(text)) throw malformed('a Set or Map with the same member twice');
  seen.add(text);
}
