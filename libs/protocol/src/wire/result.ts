import { malformed, type Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { FinalResult, LineState, Result } from '../messages/parts';
import { readDocs, writeDocs } from './doc-state';
import { Positions, readList } from './fields';
import { running } from './running';

const ACCEPTED = 0;
const REFUSED = 1;
const STALE = 2;

/**
 * accepted `[number, 0, version]`, refused `[number, 1, code, message]`, stale `[number, 2, version, docs]`:
 * numbers and versions as differences to those before in the list, which begins at 0; `docs` begin at 0 too.
 */
export function writeResults(out: Writer, results: readonly Result[]): void {
  out.head(4, results.length);
  let number = 0;
  let version = 0;
  for (const result of results) {
    out.byte(result.kind === 'accepted' ? 0x83 : 0x84);
    out.int(result.number - number);
    number = result.number;
    if (result.kind === 'refused') {
      out.byte(REFUSED);
      out.text(result.code);
      out.text(result.message);
      continue;
    }
    out.byte(result.kind === 'accepted' ? ACCEPTED : STALE);
    out.int(result.version - version);
    version = result.version;
    if (result.kind === 'stale') writeDocs(out, result.docs, 0, 0);
  }
}

export function readResults(from: Reader): Result[] {
  let number = 0;
  let version = 0;
  return readList(from, () => {
    const positions = new Positions(from, 3, 'a result');
    positions.need();
    number = running(number, from.int('the number of a result'), 'number');
    positions.need();
    const kind = from.uint('the kind of a result');
    positions.need();
    const result = ((): Result => {
      if (kind === REFUSED) {
        const code = from.text('the code of a refusal');
        return {
          number,
          kind: 'refused',
          code,
          message: positions.next() ? from.text('the message of a refusal') : '',
        };
      }
      if (kind > STALE) throw malformed(`the unknown kind ${kind} of a result`);
      version = running(version, from.int('the version of a result'), 'version');
      if (kind === ACCEPTED) return { number, kind: 'accepted', version };
      return { number, kind: 'stale', version, docs: positions.next() ? readDocs(from, 0, 0) : [] };
    })();
    positions.end();
    return result;
  });
}

/** `[clientId, last, results]` */
export function writeLines(out: Writer, lines: readonly LineState[]): void {
  out.head(4, lines.length);
  for (const line of lines) {
    out.byte(line.results.length > 0 ? 0x83 : 0x82);
    out.text(line.clientId);
    out.int(line.last);
    if (line.results.length > 0) writeResults(out, line.results);
  }
}

export function readLines(from: Reader): LineState[] {
  return readList(from, () => {
    const positions = new Positions(from, 2, 'a line');
    positions.need();
    const clientId = from.text('the clientId of a line');
    positions.need();
    const last = from.uint('the last number of a line');
    const results = positions.next() ? readResults(from) : [];
    positions.end();
    return { clientId, last, results: results.map(final) };
  });
}

function final(result: Result): FinalResult {
  if (result.kind === 'stale') throw malformed('a stale result among those that are kept');
  return result;
}
