// A BOM is a character like any other here.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Up to here, a loop is faster than a call of the decoder; and beyond, arguments might not fit the stack. */
const short = 64;

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
    return length <= short && this.#isAscii(start, length)
      ? String.fromCharCode.apply(null, this.#bytes.subarray(start, start + length) as unknown as number[])
      : utf8.decode(this.#bytes.subarray(start, start + length));
  }

  #isAscii(start: number, length: number): boolean {
    for (let i = start; i < start + length; i++) if (this.#bytes[i]! > 127) return false;
    return true;
  }

  /** Unit by unit: a decoder has no lone surrogates. */
  #utf16(start: number, length: number): string {
    const units: string[] = [];
    for (let i = start; i < start + length; i += 2)
      units.push(String.fromCharCode(this.#view.getUint16(i, true)));
    return units.join('');
  }

  #skip(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#bytes.length) throw new RangeError('the bytes end too early');
    this.#at = start + bytes;
    return start;
  }
}
