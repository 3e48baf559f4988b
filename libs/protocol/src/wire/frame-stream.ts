import { malformed } from '../cbor/reader';

/** Why a stream of frames is over: a WebSocket close code and its reason; 1000 when all was said. */
export interface FramesEnd {
  readonly code: number;
  readonly reason: string;
}

const LENGTH = 4;
const MAX_REASON = 123;

/**
 * A frame as a part of a stream of bytes:
 *
 *     length (32 bits, big endian) │ frame
 *     0                            │ close code (16 bits) │ length of the reason (8 bits) │ reason     the end
 */
export function packFrame(frame: Uint8Array): Uint8Array {
  const packed = new Uint8Array(LENGTH + frame.length);
  new DataView(packed.buffer).setUint32(0, frame.length);
  packed.set(frame, LENGTH);
  return packed;
}

/** The end of a stream of frames; one without it was cut off. */
export function packEnd({ code, reason }: FramesEnd): Uint8Array {
  const text = new TextEncoder().encode(reason).subarray(0, MAX_REASON);
  const packed = new Uint8Array(LENGTH + 3 + text.length);
  const view = new DataView(packed.buffer);
  view.setUint16(LENGTH, code);
  view.setUint8(LENGTH + 2, text.length);
  packed.set(text, LENGTH + 3);
  return packed;
}

/** Finds the frames in a stream that comes in pieces of any size. */
export class FrameReader {
  #rest = new Uint8Array(0);
  #end: FramesEnd | undefined;

  constructor(private readonly maxFrame = Number.MAX_SAFE_INTEGER) {}

  /** Set once the end has come; nothing may come behind it. */
  get end(): FramesEnd | undefined {
    return this.#end;
  }

  /** Whether it stands between two frames. */
  get isBetween(): boolean {
    return this.#rest.length === 0;
  }

  /** The frames that are whole with this piece. Throws MALFORMED. */
  read(piece: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
    const view = new DataView(bytes.buffer);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= LENGTH) {
      if (this.#end !== undefined) throw malformed('there are bytes behind the end of the frames');
      const length = view.getUint32(at);
      if (length > this.maxFrame)
        throw malformed(`a frame of ${length} bytes is longer than ${this.maxFrame}`);
      const from = at + LENGTH;
      if (length > 0) {
        if (bytes.length < from + length) break;
        frames.push(bytes.slice(from, from + length));
        at = from + length;
        continue;
      }
      if (bytes.length < from + 3) break;
      const size = view.getUint8(from + 2);
      if (bytes.length < from + 3 + size) break;
      const reason = new TextDecoder().decode(bytes.subarray(from + 3, from + 3 + size));
      this.#end = { code: view.getUint16(from), reason };
      at = from + 3 + size;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }
}
