import { ProtocolError } from '../errors/protocol-error';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes of a text up to which this is faster than a `TextDecoder`. */
const SHORT_TEXT = 64;
/** Of each size one, to make a text of at once: one that is added up of pieces keeps all of them. */
const unitsOf = Array.from({ length: SHORT_TEXT + 1 }, (_, size) => new Array<number>(size).fill(0));
const float = new DataView(new ArrayBuffer(8));

const KEY_CACHE = 1024;
const CACHED_KEY = 32;
/** Object keys come again and again: the same bytes give the same, already internalised string. */
const keyCache: string[] = new Array<string>(KEY_CACHE).fill('');

/**
 * The same bytes as a `Uint8Array` and nothing more special: what is cut out of a Node `Buffer` would be a
 * `Buffer` again, and its `slice` no copy.
 */
function plain(bytes: Uint8Array): Uint8Array {
  return Object.getPrototypeOf(bytes) === Uint8Array.prototype
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Reads CBOR items (RFC 8949, definite lengths only) one behind the other; every fault is MALFORMED. */
export class Reader {
  pos: number;
  readonly src: Uint8Array;
  readonly end: number;

  constructor(src: Uint8Array, start = 0, end: number = src.length) {
    this.src = plain(src);
    this.pos = start;
    this.end = end;
  }

  /** The major type of the next item, 0 to 7. */
  peekMajor(): number {
    if (this.pos >= this.end) throw truncated();
    return this.src[this.pos]! >> 5;
  }

  peekByte(): number {
    if (this.pos >= this.end) throw truncated();
    return this.src[this.pos]!;
  }

  /** The argument of a head whose initial byte has been read, as a safe integer. */
  argument(initial: number): number {
    const info = initial & 31;
    if (info < 24) return info;
    const { src, pos } = this;
    const size = info > 27 ? 0 : 1 << (info - 24);
    if (size === 0)
      throw malformed(info === 31 ? 'an indefinite length' : `the reserved initial byte ${initial}`);
    if (pos + size > this.end) throw truncated();
    this.pos = pos + size;
    if (size === 1) return src[pos]!;
    if (size === 2) return (src[pos]! << 8) | src[pos + 1]!;
    const word = uint32(src, pos);
    if (size === 4) return word;
    const value = word * 0x100000000 + uint32(src, pos + 4);
    if (value > Number.MAX_SAFE_INTEGER) throw malformed('an integer or length beyond 2^53 - 1');
    return value;
  }

  /** A head of one major type; returns its argument. `what` names the expectation in the error. */
  head(major: number, what: string): number {
    const initial = this.peekByte();
    if (initial >> 5 !== major) throw malformed(`${describe(initial)} where ${what} belongs`);
    this.pos++;
    return this.argument(initial);
  }

  /** The number of items of an array; a lying count fails here, before anything is allocated. */
  array(what = 'an array'): number {
    const count = this.head(4, what);
    if (count > this.end - this.pos) throw truncated();
    return count;
  }

  /** The number of pairs of a map. */
  map(what = 'a map'): number {
    const count = this.head(5, what);
    if (count * 2 > this.end - this.pos) throw truncated();
    return count;
  }

  int(what = 'an integer'): number {
    const initial = this.peekByte();
    if (initial >> 5 > 1) throw malformed(`${describe(initial)} where ${what} belongs`);
    this.pos++;
    const argument = this.argument(initial);
    if (initial >> 5 === 0) return argument;
    if (argument === Number.MAX_SAFE_INTEGER) throw malformed('an integer below -(2^53 - 1)');
    return -1 - argument;
  }

  uint(what = 'a non-negative integer'): number {
    return this.head(0, what);
  }

  bool(what = 'true or false'): boolean {
    const initial = this.peekByte();
    if (initial !== 0xf4 && initial !== 0xf5) throw malformed(`${describe(initial)} where ${what} belongs`);
    this.pos++;
    return initial === 0xf5;
  }

  /** Consumes a null if one is next. */
  takeNull(): boolean {
    if (this.peekByte() !== 0xf6) return false;
    this.pos++;
    return true;
  }

  /** A byte string as a view of the source. */
  bytes(what = 'a byte string'): Uint8Array {
    return this.view(this.head(2, what));
  }

  view(size: number): Uint8Array {
    const from = this.pos;
    if (size > this.end - from) throw truncated();
    this.pos = from + size;
    return this.src.subarray(from, from + size);
  }

  text(what = 'a text string'): string {
    return this.textOf(this.head(3, what));
  }

  /** The content of a text string of `size` bytes. */
  textOf(size: number): string {
    const { src, pos: from } = this;
    if (size > this.end - from) throw truncated();
    const to = from + size;
    this.pos = to;
    if (size > SHORT_TEXT) return decodeUtf8(src, from, to);
    const units = unitsOf[size]!;
    for (let i = 0; i < size; i++) {
      const unit = src[from + i]!;
      if (unit >= 0x80) return decodeUtf8(src, from, to);
      units[i] = unit;
    }
    return String.fromCharCode.apply(undefined, units);
  }

  /** A text string that serves as a key. */
  key(what = 'a text key'): string {
    const size = this.head(3, what);
    if (size > CACHED_KEY || size === 0) return this.textOf(size);
    const { src, pos: from } = this;
    if (size > this.end - from) throw truncated();
    let hash = size;
    for (let i = 0; i < size; i++) hash = (hash * 31 + src[from + i]!) | 0;
    const slot = (hash ^ (hash >>> 11)) & (KEY_CACHE - 1);
    const cached = keyCache[slot]!;
    if (cached.length === size) {
      let i = 0;
      while (i < size && cached.charCodeAt(i) === src[from + i]) i++;
      if (i === size) {
        this.pos = from + size;
        return cached;
      }
    }
    const text = this.textOf(size);
    if (text.length === size) keyCache[slot] = text;
    return text;
  }

  /** The number behind an initial byte 0xf9, 0xfa or 0xfb. */
  float(initial: number): number {
    const size = initial === 0xf9 ? 2 : initial === 0xfa ? 4 : 8;
    const { src, pos } = this;
    if (pos + size > this.end) throw truncated();
    this.pos = pos + size;
    if (size === 2) return fromHalf((src[pos]! << 8) | src[pos + 1]!);
    for (let i = 0; i < size; i++) float.setUint8(i, src[pos + i]!);
    return size === 4 ? float.getFloat32(0) : float.getFloat64(0);
  }

  /** Passes over one item of any kind without recursion; only its outer shape is looked at. */
  skip(): void {
    let left = 1;
    while (left > 0) {
      left--;
      const initial = this.peekByte();
      this.pos++;
      const major = initial >> 5;
      if (major === 7) {
        const info = initial & 31;
        const size =
          info < 24 ? 0 : info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : -1;
        if (size < 0) throw malformed(`the initial byte ${initial}`);
        if (this.pos + size > this.end) throw truncated();
        this.pos += size;
        continue;
      }
      if (major < 2 && (initial & 31) === 27) {
        // An integer may be larger than any of ours in a field that is not ours.
        if (this.pos + 8 > this.end) throw truncated();
        this.pos += 8;
        continue;
      }
      const argument = this.argument(initial);
      if (major === 2 || major === 3) {
        if (argument > this.end - this.pos) throw truncated();
        this.pos += argument;
      } else if (major === 4) left += argument;
      else if (major === 5) left += argument * 2;
      else if (major === 6) left += 1;
      if (left > this.end - this.pos) throw truncated();
    }
  }

  /** Fails when something is left behind the last item. */
  finish(): void {
    if (this.pos !== this.end) throw malformed(`${this.end - this.pos} bytes behind the last item`);
  }
}

function uint32(src: Uint8Array, at: number): number {
  return ((src[at]! << 24) | (src[at + 1]! << 16) | (src[at + 2]! << 8) | src[at + 3]!) >>> 0;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function decodeUtf8(src: Uint8Array, from: number, to: number): string {
  try {
    return utf8.decode(src.subarray(from, to));
  } catch {
    throw malformed('a text string that is not UTF-8');
  }
}

/** A MALFORMED error: "The bytes hold <what>". */
export function malformed(what: string): ProtocolError {
  return new ProtocolError(
    'MALFORMED',
    `The bytes hold ${what}; see docs/PROTOCOL.md for what belongs there`,
  );
}

export function truncated(): ProtocolError {
  return new ProtocolError('MALFORMED', 'The bytes end within an item, or a length in them lies');
}

const KINDS = [
  'an integer',
  'a negative integer',
  'a byte string',
  'a text string',
  'an array',
  'a map',
  'a tag',
];

function describe(initial: number): string {
  return KINDS[initial >> 5] ?? `the simple value or float ${initial.toString(16)}`;
}
