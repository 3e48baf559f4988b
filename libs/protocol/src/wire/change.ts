import { malformed, type Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { Change } from '../messages/parts';
import { Positions, readList } from './fields';

const PUT = 0;
const PATCH = 1;
const DELETE = 2;
/** The schema version that is left out. */
export const FIRST_SCHEMA = 1;

/** put `[0, key, body, schemaVersion?]`, patch `[1, key, patch, schemaVersion?]`, delete `[2, key]`. */
export function writeChanges(out: Writer, changes: readonly Change[]): void {
  out.head(4, changes.length);
  for (const change of changes) {
    if (change.kind === 'delete') {
      out.byte(0x82);
      out.byte(DELETE);
      out.text(change.key);
      continue;
    }
    const versioned = change.schemaVersion !== FIRST_SCHEMA;
    out.byte(versioned ? 0x84 : 0x83);
    out.byte(change.kind === 'put' ? PUT : PATCH);
    out.text(change.key);
    out.bytes(change.kind === 'put' ? change.body : change.patch);
    if (versioned) out.int(change.schemaVersion);
  }
}

export function readChanges(from: Reader): Change[] {
  return readList(from, readChange);
}

function readChange(from: Reader): Change {
  const positions = new Positions(from, 2, 'a change');
  positions.need();
  const kind = from.uint('the kind of a change');
  positions.need();
  const key = from.text('the key of a change');
  if (kind === DELETE) {
    positions.end();
    return { kind: 'delete', key };
  }
  if (kind > DELETE) throw malformed(`the unknown kind ${kind} of a change`);
  if (!positions.next()) throw malformed('a put or patch without its body');
  const body = from.bytes('the body of a change');
  const schemaVersion = positions.next() ? from.uint('a schema version') : FIRST_SCHEMA;
  positions.end();
  return kind === PUT
    ? { kind: 'put', key, schemaVersion, body }
    : { kind: 'patch', key, schemaVersion, patch: body };
}
