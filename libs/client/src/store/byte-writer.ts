const surrogate = /[\uD800-\uDFFF]/;

/** Appends to a buffer that grows. Little-endian. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  u8(value: number): void {
    this.#room(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
  }

  u32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  f64(value: number): void {
    this.#room(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.u32(value.byteLength);
    this.#room(value.byteLength);
    this.#buffer.set(value, this.#length);
    this.#length += value.byteLength;
  }

  /** UTF-8, or UTF-16 where UTF-8 might not say it: lone surrogates come back as they went. */
  string(value: string): void {
    const wide = surrogate.test(value);
    this.#room(4 + value.length * 3);
    const written = this.#buffer.write(value, this.#length + 4, wide ? 'utf16le' : 'utf8');
    this.u32(written * 2 + (wide ? 1 : 0));
    this.#length += written;
  }

  /** What was written; the writer is not used after. */
  done(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
