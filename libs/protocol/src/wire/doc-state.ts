import { malformed, type Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { Cover, DocState } from '../messages/parts';
import { FIRST_SCHEMA } from './change';
import { Positions } from './fields';
import { earlier, running } from './running';

/**
 * `[key, version, at, body, schemaVersion, covers]`: version and `at` as differences to the doc before; the first
 * to `version` and `at` of the list. A tombstone has no body. `covers` is one array of two numbers for each: how
 * far its `by` lies below the doc's version, and its `since` below its `by`.
 */
export function writeDocs(out: Writer, docs: readonly DocState[], version: number, at: number): void {
  out.head(4, docs.length);
  for (const doc of docs) {
    const versioned = doc.schemaVersion !== FIRST_SCHEMA;
    out.byte(doc.covers ? 0x86 : versioned ? 0x85 : doc.body ? 0x84 : 0x83);
    out.text(doc.key);
    out.int(doc.version - version);
    out.int(doc.at - at);
    version = doc.version;
    at = doc.at;
    if (doc.body) out.bytes(doc.body);
    else if (versioned || doc.covers) out.byte(0xf6);
    if (versioned) out.int(doc.schemaVersion);
    else if (doc.covers) out.byte(0xf6);
    if (doc.covers) writeCovers(out, doc.covers, doc.version);
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
    const covers = positions.next() ? readCovers(from, version) : undefined;
    positions.end();
    docs.push({ key, version, at, schemaVersion, ...(body && { body }), ...(covers && { covers }) });
  }
  return docs;
}

function writeCovers(out: Writer, covers: readonly Cover[], version: number): void {
  out.head(4, covers.length * 2);
  for (const { since, by } of covers) {
    out.int(version - by);
    out.int(by - since);
  }
}

function readCovers(from: Reader, version: number): Cover[] {
  const count = from.array('the covers of a doc');
  if (count % 2 !== 0) throw malformed(`${count} numbers for the covers of a doc, which are pairs`);
  const covers: Cover[] = [];
  for (let i = 0; i < count; i += 2) {
    const by = earlier(version, from);
    covers.push({ since: earlier(by, from), by });
  }
  return covers;
}
