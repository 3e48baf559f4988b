import { ProtocolError } from '../errors/protocol-error';
import { isWellFormed } from './text';

const SLAB = 8 * 1024;
const OWN_COPY_FROM = 4 * 1024;
const KEEP_SCRATCH = 1024 * 1024;
const SHORT_TEXT = 64;

const utf8 = new TextEncoder();
const float = new DataView(new ArrayBuffer(8));

/**
 * Writes CBOR items one behind the other. Small results share a slab of 8 kB, for an allocation of their own
 * would cost more than encoding them; larger ones get their own memory.
 */
export class Writer {
  private buf = new Uint8Array(SLAB);
  private start = 0;
  private pos = 0;

  /** Starts a result; whatever an abandoned one left is overwritten. */
  begin(): void {
    if (this.buf.length > KEEP_SCRATCH || this.buf.length - this.start < 512) {
      this.buf = new Uint8Array(SLAB);
      this.start = 0;
    }
    this.pos = this.start;
  }

  finish(): Uint8Array {
    const { buf, start, pos } = this;
    if (pos - start > OWN_COPY_FROM) {
      this.pos = start;
      return buf.slice(start, pos);
    }
    this.start = pos;
    return buf.subarray(start, pos);
  }

  /** Where the next byte goes, counted from the begin of the result. */
  get length(): number {
    return this.pos - this.start;
  }

  /** A view of what was written from `from` on, valid until the next write. */
  peek(from: number): Uint8Array {
    return this.buf.subarray(this.start + from, this.pos);
  }

  /** Forgets what was written from `length` on. */
  truncate(length: number): void {
    this.pos = this.start + length;
  }

  private room(bytes: number): void {
    if (this.pos + bytes <= this.buf.length) return;
    const used = this.pos - this.start;
    const grown = new Uint8Array(Math.max(SLAB, (used + bytes) * 2));
    grown.set(this.buf.subarray(this.start, this.pos));
    this.buf = grown;
    this.start = 0;
    this.pos = used;
  }

  /** One initial byte that needs no argument: simple values, small ints. */
  byte(value: number): void {
    if (this.pos >= this.buf.length) this.room(1);
    this.buf[this.pos++] = value;
  }

  /** A head of major type `major` (0 to 7) with a non-negative safe integer as its argument, shortest form. */
  head(major: number, argument: number): void {
    if (this.pos + 9 > this.buf.length) this.room(9);
    const buf = this.buf;
    const type = major << 5;
    if (argument < 24) buf[this.pos++] = type | argument;
    else if (argument < 0x100) {
      buf[this.pos++] = type | 24;
      buf[this.pos++] = argument;
    } else if (argument < 0x10000) {
      buf[this.pos++] = type | 25;
      buf[this.pos++] = argument >>> 8;
      buf[this.pos++] = argument;
    } else if (argument < 0x100000000) {
      buf[this.pos++] = type | 26;
      this.uint32(argument);
    } else {
      buf[this.pos++] = type | 27;
      this.uint32(Math.floor(argument / 0x100000000));
      this.uint32(argument >>> 0);
    }
  }

  private uint32(value: number): void {
    const buf = this.buf;
    buf[this.pos++] = value >>> 24;
    buf[this.pos++] = value >>> 16;
    buf[this.pos++] = value >>> 8;
    buf[this.pos++] = value;
  }

  /** A safe integer: a version, a number, a difference of times. */
  int(value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new ProtocolError('MALFORMED', `${value} is no safe integer; versions, numbers and times are`);
    }
    this.integer(value);
  }

  private integer(value: number): void {
    if (value >= 0) this.head(0, value);
    else this.head(1, -1 - value);
  }

  /** Any number: integers within the safe range as integers, all else (-0 too) as the shortest exact float. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && (value !== 0 || !Object.is(value, -0))) this.integer(value);
    else this.float(value);
  }

  private float(value: number): void {
    this.room(9);
    if (Number.isNaN(value)) {
      this.byte(0xf9);
      this.byte(0x7e);
      this.byte(0x00);
      return;
    }
    if (Math.fround(value) !== value) {
      this.buf[this.pos++] = 0xfb;
      float.setFloat64(0, value);
      this.uint32(float.getUint32(0));
      this.uint32(float.getUint32(4));
      return;
    }
    float.setFloat32(0, value);
    const single = float.getUint32(0);
    const half = halfOf(single);
    if (half >= 0) {
      this.byte(0xf9);
      this.byte(half >> 8);
      this.byte(half & 0xff);
    } else {
      this.byte(0xfa);
      this.uint32(single);
    }
  }

  bytes(value: Uint8Array): void {
    this.head(2, value.length);
    this.raw(value);
  }

  /** Already encoded items, as they are. */
  raw(encoded: Uint8Array): void {
    this.room(encoded.length);
    this.buf.set(encoded, this.pos);
    this.pos += encoded.length;
  }

  /** A text string. Throws NOT_CARRYABLE for a lone surrogate, which has no UTF-8 form. */
  text(value: string): void {
    const length = value.length;
    if (length >= SHORT_TEXT) return this.longText(value);
    this.room(length * 3 + 2);
    const buf = this.buf;
    const head = length < 24 ? 1 : 2;
    const begin = this.pos + head;
    let at = begin;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 0x80) buf[at++] = unit;
      else if (unit < 0x800) {
        buf[at++] = 0xc0 | (unit >> 6);
        buf[at++] = 0x80 | (unit & 0x3f);
      } else if ((unit & 0xf800) !== 0xd800) {
        buf[at++] = 0xe0 | (unit >> 12);
        buf[at++] = 0x80 | ((unit >> 6) & 0x3f);
        buf[at++] = 0x80 | (unit & 0x3f);
      } else {
        const low = i + 1 < length ? value.charCodeAt(i + 1) : 0;
        if (unit >= 0xdc00 || (low & 0xfc00) !== 0xdc00) throw loneSurrogate();
        i++;
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        buf[at++] = 0xf0 | (point >> 18);
        buf[at++] = 0x80 | ((point >> 12) & 0x3f);
        buf[at++] = 0x80 | ((point >> 6) & 0x3f);
        buf[at++] = 0x80 | (point & 0x3f);
      }
    }
    const size = at - begin;
    if (size < 24) buf[this.pos] = 0x60 | size;
    else {
      if (head === 1) {
        buf.copyWithin(begin + 1, begin, at);
        at++;
      }
      buf[this.pos] = 0x78;
      buf[this.pos + 1] = size;
    }
    this.pos = at;
  }

  private longText(value: string): void {
    const length = value.length;
    this.room(length * 3 + 5);
    const guess = length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
    const begin = this.pos + guess;
    const size = utf8.encodeInto(value, this.buf.subarray(begin)).written;
    if (size !== length && !isWellFormed(value)) throw loneSurrogate();
    const head = size < 0x100 ? 2 : size < 0x10000 ? 3 : 5;
    if (head !== guess) this.buf.copyWithin(this.pos + head, begin, begin + size);
    this.head(3, size);
    this.pos += size;
  }
}

/** The 16-bit form of a 32-bit float, or -1 where that loses something. */
function halfOf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const exponent = (single >>> 23) & 0xff;
  const fraction = single & 0x7fffff;
  if (exponent === 0 && fraction === 0) return sign;
  if (exponent === 0xff) return sign | 0x7c00;
  if (exponent >= 113 && exponent <= 142) {
    return (fraction & 0x1fff) === 0 ? sign | ((exponent - 112) << 10) | (fraction >> 13) : -1;
  }
  if (exponent < 103 || exponent > 112) return -1;
  const shift = 126 - exponent;
  const full = fraction | 0x800000;
  return (full & ((1 << shift) - 1)) === 0 ? sign | (full >>> shift) : -1;
}

function loneSurrogate(): ProtocolError {
  return new ProtocolError(
    'NOT_CARRYABLE',
    'A string holds a lone surrogate, which has no UTF-8 form; repair it with toWellFormed()',
  );
}
