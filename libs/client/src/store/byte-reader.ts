// A BOM is a character like any other here.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Up to here, a loop is faster than a call of the decoder. */
const short = 64;
/** For the loop: arrays make faster arguments than byte strings do. */
const units: number[] = [];

/** Reads what a `ByteWriter` wrote. Byte strings are views of the input. Throws `RangeError` beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether all was read. */
  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  bytes(): Uint8Array {
    const length = this.u32();
    const start = this.#skip(length);
    // Not `subarray`, which would make a Buffer of a Buffer's part.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  string(): string {
    const size = this.u32();
    const length = size >>> 1;
    const start = this.#skip(length);
    if (size & 1) return this.#utf16(start, length);
    return this.#ascii(start, length) ?? utf8.decode(this.#bytes.subarray(start, start + length));
  }

  #ascii(start: number, length: number): string | undefined {
    if (length > short) return undefined;
    units.length = length;
    for (let i = 0; i < length; i++) {
      const unit = this.#bytes[start + i]!;
      if (unit > 127) return undefined;
      units[i] = unit;
    }
    return String.fromCharCode.apply(null, units);
  }

  /** Unit by unit: a decoder has no lone surrogates. */
  #utf16(start: number, length: number): string {
    const letters: string[] = [];
    for (let i = start; i < start + length; i += 2)
      letters.push(String.fromCharCode(this.#view.getUint16(i, true)));
    return letters.join('');
  }

  #skip(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#bytes.length) throw new RangeError('the bytes end too early');
    this.#at = start + bytes;
    return start;
  }
}
