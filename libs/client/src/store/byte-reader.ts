/** Reads what a `ByteWriter` wrote. Byte strings are views of the input. Throws `RangeError` beyond the end. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#skip(1));
  }

  u32(): number {
    return this.#buffer.readUInt32LE(this.#skip(4));
  }

  f64(): number {
    return this.#buffer.readDoubleLE(this.#skip(8));
  }

  bytes(): Uint8Array {
    const length = this.u32();
    const start = this.#skip(length);
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset + start, length);
  }

  string(): string {
    const size = this.u32();
    const length = size >>> 1;
    const start = this.#skip(length);
    return this.#buffer.toString(size & 1 ? 'utf16le' : 'utf8', start, start + length);
  }

  #skip(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#buffer.length) throw new RangeError('the bytes end too early');
    this.#at = start + bytes;
    return start;
  }
}
