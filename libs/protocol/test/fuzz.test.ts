import * as fc from 'fast-check';
import {
  decodeBody,
  decodeDown,
  decodePatch,
  decodeUp,
  encodeBody,
  encodeDown,
  encodeUp,
  ProtocolError,
} from '../src/index';
import { carryable } from './arbitrary';
import { downMessage, upMessage } from './messages.arbitrary';

const DECODERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => decodeUp(bytes),
  (bytes) => decodeUp(bytes, undefined, { faults: 'keep' }),
  decodeDown,
  decodeBody,
  decodePatch,
];

/** Decoding either works or throws a ProtocolError; anything else fails the test. */
function survives(bytes: Uint8Array): void {
  for (const decode of DECODERS) {
    try {
      decode(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
}

const mutate = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'add', 'drop', 'repeat'), fc.nat(255)),
  { minLength: 1, maxLength: 4 },
);

function mutated(bytes: Uint8Array, edits: readonly (readonly [number, string, number])[]): Uint8Array {
  let list = [...bytes];
  for (const [seed, kind, byte] of edits) {
    const at = seed % (list.length + 1);
    if (kind === 'set') list[at] = byte;
    else if (kind === 'cut') list = list.slice(0, at);
    else if (kind === 'add') list.splice(at, 0, byte);
    else if (kind === 'drop') list.splice(at, 1 + (byte % 4));
    else list.splice(at, 0, ...list.slice(Math.max(0, at - byte), at));
  }
  return new Uint8Array(list);
}

describe('decoding hostile bytes never fails in any other way than it says', () => {
  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 3000 });
  });

  test('heads of all kinds with lengths that lie', () => {
    const head = fc.tuple(
      fc.nat(7),
      fc.constantFrom(24, 25, 26, 27, 28, 31),
      fc.uint8Array({ maxLength: 12 }),
    );
    const heads = fc
      .array(head, { maxLength: 8 })
      .map((all) => new Uint8Array(all.flatMap(([major, info, rest]) => [(major << 5) | info, ...rest])));
    fc.assert(fc.property(heads, survives), { numRuns: 3000 });
  });

  test('valid frames with some bytes changed', () => {
    const frame = fc.oneof(
      upMessage().map(encodeUp),
      downMessage().map(encodeDown),
      carryable({ depth: 2 }).map((value) => encodeBody(value)),
    );
    fc.assert(
      fc.property(frame, mutate, (bytes, edits) => survives(mutated(bytes, edits))),
      { numRuns: 3000 },
    );
  });

  test('well-formed items in the wrong places', () => {
    const field = fc.constantFrom('type', 'group', 'clientId', 'base', 'seen', 'first', 'time', 'mutations', 'docs', 'commits', 'authors', 'from', 'to', 'results', 'lines', 'cursor', 'heads', 'limits', 'keys'); // prettier-ignore
    const type = fc.constantFrom(
      'hello',
      'subscribe',
      'push',
      'seen',
      'changes',
      'commits',
      'pushed',
      'pong',
      'welcome',
      'forget',
      'error',
    );
    const message = fc
      .tuple(
        type,
        fc.dictionary(field, fc.oneof(fc.nat(5), fc.constant('g'), carryable({ depth: 3, breadth: 3 }))),
      )
      .map(([name, fields]) => encodeBody({ ...fields, type: name }));
    fc.assert(fc.property(message, survives), { numRuns: 3000 });
  });

  test('nesting without an end', () => {
    for (const open of [0x81, 0xa1, 0xc1, 0xc2, 0xd9, 0x82]) survives(new Uint8Array(300_000).fill(open));
    const around = new Uint8Array(300_010).fill(0x81);
    around.set([0xa1, 0x61, 0x78]);
    survives(around);
  });
});
