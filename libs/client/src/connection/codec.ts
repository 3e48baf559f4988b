import { decodeDown, encodeUp, type DownMessage, type UpMessage } from '@atomsync/protocol';

/** Messages to frames and back. */
export interface Codec {
  encode(message: UpMessage): Uint8Array;
  /** Throws when `frame` is not a message of this protocol. */
  decode(frame: Uint8Array): DownMessage;
}

/** The protocol's own encoding. */
export const wireCodec: Codec = { encode: encodeUp, decode: decodeDown };
