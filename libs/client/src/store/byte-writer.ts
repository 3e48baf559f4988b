const surrogate = /[\uD800-\uDFFF]/;
const utf8 = new TextEncoder();

/** Appends to a buffer that grows. Little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    this.#room(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.u32(value.byteLength);
    this.#room(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  /** UTF-8, or UTF-16 where UTF-8 might not say it: lone surrogates come back as they went. */
  string(value: string): void {
    const wide = surrogate.test(value);
    this.#room(4 + value.length * 3);
    const start = this.#length + 4;
    const written = wide
      ? this.#utf16(value, start)
      : utf8.encodeInto(value, this.#bytes.subarray(start)).written;
    this.u32(written * 2 + (wide ? 1 : 0));
    this.#length += written;
  }

  /** What was written; the writer is not used after. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #utf16(value: string, start: number): number {
    for (let i = 0; i < value.length; i++) this.#view.setUint16(start + i * 2, value.charCodeAt(i), true);
    return value.length * 2;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.done());
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
