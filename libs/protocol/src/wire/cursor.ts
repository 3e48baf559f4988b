import type { Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { FeedCursor } from '../messages/parts';
import { Positions } from './fields';

/** `[token, version]` */
export function writeCursor(out: Writer, cursor: FeedCursor): void {
  out.byte(0x82);
  out.text(cursor.token);
  out.int(cursor.version);
}

export function readCursor(from: Reader): FeedCursor {
  const positions = new Positions(from, 2, 'a cursor');
  const token = positions.need().text('the token of a cursor');
  const version = positions.need().uint('the version of a cursor');
  positions.end();
  return { token, version };
}
