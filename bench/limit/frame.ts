/*
 * A frame is a run of docs:
 *
 *   ┌──────────────┬─────┬───────────────┬──────┐
 *   │ key length 2 │ key │ body length 4 │ body │ …
 *   └──────────────┴─────┴───────────────┴──────┘
 */

/** Docs put together into frames, without a copy that could be spared. */
export class FrameWriter {
  #bytes = Buffer.allocUnsafe(256 * 1024);
  #at = 0;
  count = 0;

  add(key: string, body: Buffer): void {
    this.#reserve(6 + 3 * key.length + body.length);
    const keyLength = this.#bytes.write(key, this.#at + 2);
    this.#bytes.writeUInt16LE(keyLength, this.#at);
    this.#at += 2 + keyLength;
    this.#bytes.writeUInt32LE(body.length, this.#at);
    this.#at += 4 + body.copy(this.#bytes, this.#at + 4);
    this.count++;
  }

  /** What was added since the last time, ready to be sent. */
  take(): Buffer {
    const frame = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length);
    this.#at = 0;
    this.count = 0;
    return frame;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#bytes.length + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** The docs of a frame: views on it, not copies. */
export function* docsOf(frame: Buffer): Generator<readonly [key: Buffer, body: Buffer]> {
  let at = 0;
  while (at < frame.length) {
    const key = frame.subarray(at + 2, at + 2 + frame.readUInt16LE(at));
    at += 2 + key.length;
    const body = frame.subarray(at + 4, at + 4 + frame.readUInt32LE(at));
    at += 4 + body.length;
    yield [key, body];
  }
}
