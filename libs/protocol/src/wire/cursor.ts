import type { Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import { ProtocolError } from '../errors/protocol-error';
import type { FeedCursor } from '../messages/parts';
import { Positions } from './fields';

/** `[token, version]` */
export function writeCursor(out: Writer, cursor: FeedCursor): void {
  out.byte(0x82);
  out.text(cursor.token);
  out.int(cursor.version);
}

/** Throws INVALID_CURSOR: a cursor that is none is no reason to end the connection. */
export function readCursor(from: Reader): FeedCursor {
  try {
    const positions = new Positions(from, 2, 'a cursor');
    const token = positions.need().text('the token of a cursor');
    const version = positions.need().uint('the version of a cursor');
    positions.end();
    return { token, version };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError('INVALID_CURSOR', `${error.message}; subscribe without a cursor`);
  }
}
