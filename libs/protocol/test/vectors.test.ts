import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch, decodeBody, decodeDown, decodePatch, decodeUp, ERRORS, valuesEqual } from '../src/index';
import { unhex } from './codes';
import { BODIES, DOWN, UP, vectorBlock, vectors } from './vectors';

const document = readFileSync(join(__dirname, '../../../docs/PROTOCOL.md'), 'utf8');

/**
 * Everything an implementation in another language relies on. When this fails, the wire has changed: stored
 * bodies and older peers must still be read, or SUBPROTOCOL gets the next number. Decide, write the decision
 * down, put the new block into docs/PROTOCOL.md, and the new hash here.
 */
const WIRE = '03b73015e710aad1eaf61e178cd6da900629835853232d7599192e8b51efb61b';

describe('the wire', () => {
  test('is what it was when it was last decided about', () => {
    expect(createHash('sha256').update(vectorBlock()).digest('hex')).toBe(WIRE);
  });

  test('is documented by its test vectors, as they are', () => {
    const written = /## Test vectors\n[\s\S]*?```text\n([\s\S]*?)\n```/.exec(document)?.[1];
    expect(written).toBe(vectorBlock());
  });

  test('decodes its vectors to the values they stand for', () => {
    const all = vectors().map(({ name, hex }) => ({ name, bytes: unhex(hex) }));
    const named = (start: string): Uint8Array[] =>
      all.filter(({ name }) => name.startsWith(start)).map(({ bytes }) => bytes);
    const bodies = Object.values(BODIES);
    expect(
      all.slice(0, bodies.length).every(({ bytes }, i) => valuesEqual(decodeBody(bytes), bodies[i])),
    ).toBe(true);
    expect(named('up ').map((bytes) => decodeUp(bytes))).toEqual(Object.values(UP).flat());
    expect(named('down ').map((bytes) => decodeDown(bytes))).toEqual(Object.values(DOWN).flat());
    const before = {
      title: 'a',
      tags: new Set(['x']),
      items: [1, 2, 3],
      meta: new Map([['n', 1]]),
      old: true,
    };
    const after = { title: 'b', tags: new Set(['y']), items: [1, 9, 3, 4], meta: new Map([['n', 2]]) };
    expect(applyPatch(decodePatch(named('patch')[0]!), before)).toEqual(after);
  });

  test('has each of its error codes in the documentation, with what they ask for', () => {
    const rows = Object.entries(ERRORS).map(([code, facts]) => {
      const close = 'close' in facts ? String(facts.close) : '';
      return new RegExp(
        `^\\| \`${code}\` +\\|.*\\| ${facts.retryable ? 'yes' : 'no'} +\\| ${close} *\\|$`,
        'm',
      );
    });
    for (const row of rows) expect(document).toMatch(row);
  });

  test('reads the worked example of the documentation', () => {
    const lines = [...document.matchAll(/^(C→S|S→C) ([0-9a-f]+)$/gm)];
    const types = lines.map(
      ([, way, bytes]) => (way === 'C→S' ? decodeUp(unhex(bytes!)) : decodeDown(unhex(bytes!))).type,
    );
    expect(types).toEqual(['hello', 'welcome', 'subscribe', 'changes', 'push', 'commits', 'pushed', 'seen']);
  });
});
