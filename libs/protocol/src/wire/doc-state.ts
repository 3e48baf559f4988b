import type { Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { DocState } from '../messages/parts';
import { FIRST_SCHEMA } from './change';
import { Positions } from './fields';
import { running } from './running';

/**
 * `[key, version, at, body, schemaVersion]`: version and `at` as differences to the doc before; the first to
 * `version` and `at` of the list. A tombstone has no body.
 */
export function writeDocs(out: Writer, docs: readonly DocState[], version: number, at: number): void {
  out.head(4, docs.length);
  for (const doc of docs) {
    const versioned = doc.schemaVersion !== FIRST_SCHEMA;
    out.byte(versioned ? 0x85 : doc.body ? 0x84 : 0x83);
    out.text(doc.key);
    out.int(doc.version - version);
    out.int(doc.at - at);
    version = doc.version;
    at = doc.at;
    if (doc.body) out.bytes(doc.body);
    else if (versioned) out.byte(0xf6);
    if (versioned) out.int(doc.schemaVersion);
  }
}

export function readDocs(from: Reader, version: number, at: number): DocState[] {
  const count = from.array('an array of docs');
  const docs: DocState[] = [];
  for (let i = 0; i < count; i++) {
    const positions = new Positions(from, 3, 'a doc');
    positions.need();
    const key = from.text('the key of a doc');
    positions.need();
    version = running(version, from.int('the version of a doc'), 'version');
    positions.need();
    at = running(at, from.int('the time of a doc'), 'time');
    const body = positions.next() ? from.bytes('the body of a doc') : undefined;
    const schemaVersion = positions.next() ? from.uint('a schema version') : FIRST_SCHEMA;
    positions.end();
    docs.push({ key, version, at, schemaVersion, ...(body && { body }) });
  }
  return docs;
}
