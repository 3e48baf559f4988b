import * as fc from 'fast-check';
import {
  assertGroup,
  assertKey,
  assertPrefix,
  checkMutation,
  decodeDown,
  decodeUp,
  DEFAULT_LIMITS,
  encodeBody,
  encodeDown,
  encodeUp,
  ERRORS,
  errorFacts,
  isErrorCode,
  type Mutation,
  ProtocolError,
  type Push,
} from '../src/index';
import { codeOf } from './codes';
import { downMessage, upMessage } from './messages.arbitrary';

const put = (key: string, value: unknown = 1): Mutation['changes'][number] => ({
  kind: 'put',
  key,
  schemaVersion: 1,
  body: encodeBody(value),
});
const mutation = (number: number, more: Partial<Mutation> = {}): Mutation => ({
  number,
  changes: [put('k')],
  reads: [],
  madeAt: 1000,
  ...more,
});
const push = (...mutations: Mutation[]): Push => ({
  type: 'push',
  group: 'g',
  clientId: 'c',
  base: 1,
  seen: 0,
  mutations,
});
const wire = (fields: Readonly<Record<string, unknown>>): Uint8Array => encodeBody(fields);

describe('a message', () => {
  test('of a client arrives as it was sent', () => {
    fc.assert(
      fc.property(upMessage(), (message) => {
        expect(decodeUp(encodeUp(message))).toEqual(message);
      }),
      { numRuns: 1000 },
    );
  });

  test('of a server arrives as it was sent', () => {
    fc.assert(
      fc.property(downMessage(), (message) => {
        expect(decodeDown(encodeDown(message))).toEqual(message);
      }),
      { numRuns: 1000 },
    );
  });

  test('may have its fields in any order, and fields and positions of a newer peer', () => {
    expect(decodeUp(wire({ later: { x: [1] }, group: 'g', type: 'unsubscribe' }))).toEqual({
      type: 'unsubscribe',
      group: 'g',
    });
    const change = [0, 'k', encodeBody(1), 1, 'later'];
    const frame = { type: 'push', group: 'g', clientId: 'c', base: 1, seen: 0, first: 1, time: 5 };
    const mutations = [[[change], 0, [], null, null, null, 'later', [1]]];
    expect(decodeUp(wire({ ...frame, mutations }))).toEqual(push(mutation(1, { madeAt: 5 })));
    expect(decodeDown(wire({ type: 'pong', heads: {}, later: 2n ** 80n }))).toEqual({
      type: 'pong',
      heads: new Map(),
    });
    expect(decodeDown(wire({ type: 'resync', group: 'g', reason: 'later' }))).toEqual({
      type: 'resync',
      group: 'g',
      reason: 'cursor',
    });
  });

  test('of an unknown type says so', () => {
    expect(codeOf(() => decodeUp(wire({ type: 'later' })))).toBe('UNKNOWN_MESSAGE');
    expect(codeOf(() => decodeDown(wire({ type: 'hello' })))).toBe('UNKNOWN_MESSAGE');
  });

  test.each<[string, Readonly<Record<string, unknown>> | readonly unknown[] | Uint8Array]>([
    ['no map', [1]],
    ['without a type', { group: 'g' }],
    ['with a type that is no text', { type: 1 }],
    ['without a field it needs', { type: 'seen', group: 'g', clientId: 'c', number: 1 }],
    ['with a field of another kind', { type: 'unsubscribe', group: 7 }],
    ['with a number below zero', { type: 'seen', group: 'g', clientId: 'c', number: -1, closed: true }],
    ['with a broken number', { type: 'seen', group: 'g', clientId: 'c', number: 1.5, closed: true }],
    ['with an empty clientId', { type: 'hello', clientId: '' }],
    [
      'with mutation number 0',
      { type: 'push', group: 'g', clientId: 'c', base: 1, seen: 0, first: 0, time: 0, mutations: [[[], 0]] },
    ],
    [
      'with a mutation too short',
      { type: 'push', group: 'g', clientId: 'c', base: 1, seen: 0, first: 1, time: 0, mutations: [[[]]] },
    ],
    [
      'with an unknown change',
      {
        type: 'push',
        group: 'g',
        clientId: 'c',
        base: 1,
        seen: 0,
        first: 1,
        time: 0,
        mutations: [[[[3, 'k']], 0]],
      },
    ],
    [
      'with a put without body',
      {
        type: 'push',
        group: 'g',
        clientId: 'c',
        base: 1,
        seen: 0,
        first: 1,
        time: 0,
        mutations: [[[[0, 'k']], 0]],
      },
    ],
    [
      'with a null for a key',
      {
        type: 'push',
        group: 'g',
        clientId: 'c',
        base: 1,
        seen: 0,
        first: 1,
        time: 0,
        mutations: [[[[2, null]], 0]],
      },
    ],
    ...[-1, 2, 1.5, 'base', Infinity].map((below): [string, Readonly<Record<string, unknown>>] => [
      `with a mutation made ${below} below the base 1`,
      {
        type: 'push',
        group: 'g',
        clientId: 'c',
        base: 1,
        seen: 0,
        first: 1,
        time: 0,
        mutations: [[[], 0, [], null, null, below]],
      },
    ]),
  ])('%s is MALFORMED', (_, fields) => {
    expect(codeOf(() => decodeUp(encodeBody(fields)))).toBe('MALFORMED');
  });

  test('with a field twice, or bytes behind it, is MALFORMED', () => {
    const ping = encodeUp({ type: 'ping' });
    expect(codeOf(() => decodeUp(new Uint8Array([...ping, 0])))).toBe('MALFORMED');
    expect(codeOf(() => decodeUp(new Uint8Array([0xa2, ...ping.subarray(1), ...ping.subarray(1)])))).toBe(
      'MALFORMED',
    );
  });

  test('with an author, version or result that cannot be is MALFORMED', () => {
    const commits = {
      type: 'commits',
      group: 'g',
      from: 1,
      to: 2,
      time: 0,
      authors: ['a'],
      commits: [] as unknown[],
    };
    expect(codeOf(() => decodeDown(wire({ ...commits, commits: [[[], 0, 1]] })))).toBe('MALFORMED');
    expect(codeOf(() => decodeDown(wire({ ...commits, commits: [[[], 0, 0, 1, -5]] })))).toBe('MALFORMED');
    expect(codeOf(() => decodeDown(wire({ ...commits, commits: [[[], -1]] })))).toBe('MALFORMED');
    expect(codeOf(() => decodeDown(wire({ ...commits, commits: [[[], 0, 0, 1, 1, -1]] })))).toBe('MALFORMED');
    expect(codeOf(() => decodeDown(wire({ ...commits, commits: [[[], 0, 0, 1, 1, 3]] })))).toBe('MALFORMED');
    for (const covers of [[1], [-1, 1], [0, 8], [7, 1], 5]) {
      const docs = [['k', 6, 0, null, null, covers]];
      expect(
        codeOf(() => decodeDown(wire({ type: 'changes', group: 'g', from: 0, time: 0, docs, lines: [] }))),
      ).toBe('MALFORMED');
    }
    const lines = [['c', 1, [[1, 2, 5, []]]]];
    expect(
      codeOf(() => decodeDown(wire({ type: 'changes', group: 'g', from: 0, time: 0, docs: [], lines }))),
    ).toBe('MALFORMED');
  });

  test('keeps bodies as views of the frame, and costs few bytes beside them', () => {
    const body = encodeBody({ text: 'x'.repeat(130), done: false });
    const commits = Array.from({ length: 1000 }, (_, i) => ({
      version: 5000 + i,
      clientId: 'client-1',
      number: 70 + i,
      at: 1_700_000_000_000 + i,
      changes: [{ kind: 'put', key: `todo:${1000 + i}`, schemaVersion: 1, body } as const],
    }));
    const frame = encodeDown({ type: 'commits', group: 'g', from: 4999, to: 5999, commits });
    expect(frame.length / 1000 - body.length - 'todo:1000'.length).toBeLessThan(9);
    const decoded = decodeDown(frame);
    const first = decoded.type === 'commits' ? decoded.commits[0]!.changes[0] : undefined;
    expect(first?.kind === 'put' && first.body.buffer === frame.buffer).toBe(true);
  });
});

describe('a push', () => {
  test('has numbers that rise by one', () => {
    expect(codeOf(() => encodeUp(push(mutation(1), mutation(3))))).toBe('MUTATION_GAP');
    expect(codeOf(() => encodeUp(push(mutation(2), mutation(2))))).toBe('MUTATION_GAP');
    expect(codeOf(() => encodeUp(push(mutation(1, { madeAt: 1.5 }))))).toBe('MALFORMED');
  });

  test.each<[string, Mutation, Partial<typeof DEFAULT_LIMITS>]>([
    ['INVALID_KEY', mutation(1, { changes: [put('')] }), {}],
    ['INVALID_KEY', mutation(1, { changes: [put('a\0b')] }), {}],
    ['INVALID_KEY', mutation(1, { changes: [put('ü'.repeat(513))] }), {}],
    ['INVALID_KEY', mutation(1, { reads: [''] }), {}],
    ['INVALID_KEY', mutation(1, { changes: [{ kind: 'delete', key: 'long' }] }), { maxKey: 3 }],
    ['INVALID_KEY', mutation(1, { call: { name: 'inc', args: encodeBody([]), keys: [''] } }), {}],
    ['MALFORMED', mutation(1, { changes: [put('k'), { kind: 'delete', key: 'k' }] }), {}],
    [
      'MALFORMED',
      mutation(1, { changes: [{ kind: 'put', key: 'k', schemaVersion: 1, body: new Uint8Array([0xff]) }] }),
      {},
    ],
    [
      'MALFORMED',
      mutation(1, { changes: [{ kind: 'put', key: 'k', schemaVersion: 1, body: new Uint8Array() }] }),
      {},
    ],
    ['MALFORMED', mutation(1, { call: { name: 'inc', args: encodeBody(1), keys: [] } }), {}],
    ['MALFORMED', mutation(1, { call: { name: '', args: encodeBody([]), keys: [] } }), {}],
    ['DOC_TOO_LARGE', mutation(1, { changes: [put('k', 'x'.repeat(100))] }), { maxDoc: 100 }],
    ['TOO_DEEP', mutation(1, { changes: [put('k', [[[1]]])] }), { maxDepth: 2 }],
    ['TOO_MANY_CHANGES', mutation(1, { changes: [put('a'), put('b'), put('c')] }), { maxChanges: 2 }],
    ['TOO_MANY_CHANGES', mutation(1, { reads: ['a', 'b', 'c'] }), { maxChanges: 2 }],
  ])('with a mutation at fault is %s', (code, bad, limits) => {
    const all = { ...DEFAULT_LIMITS, ...limits };
    const frame = encodeUp(push(bad, mutation(2)));
    expect(codeOf(() => decodeUp(frame, all))).toBe(code);
    expect(codeOf(() => checkMutation(bad, all))).toBe(code);
    const kept = decodeUp(frame, all, { faults: 'keep' }) as Push;
    expect(kept.mutations[0]).toMatchObject({ number: 1, changes: [], fault: { code } });
    expect(kept.mutations[1]).toEqual(mutation(2));
  });

  test('of too many mutations, or too large a frame, is refused whole', () => {
    const frame = encodeUp(push(mutation(1), mutation(2)));
    expect(codeOf(() => decodeUp(frame, { ...DEFAULT_LIMITS, maxMutations: 1 }, { faults: 'keep' }))).toBe(
      'TOO_MANY_MUTATIONS',
    );
    expect(codeOf(() => decodeUp(frame, { ...DEFAULT_LIMITS, maxFrame: 10 }))).toBe('FRAME_TOO_LARGE');
  });
});

function failed(frame: Uint8Array): ProtocolError {
  try {
    decodeUp(frame, { ...DEFAULT_LIMITS, maxMutations: 1 });
  } catch (error) {
    if (error instanceof ProtocolError) return error;
  }
  throw new Error('expected a ProtocolError');
}

describe('what is wrong with a frame', () => {
  test('comes with the group it spoke of, so that the answer can name it', () => {
    expect(failed(encodeUp(push(mutation(1), mutation(2))))).toMatchObject({
      code: 'TOO_MANY_MUTATIONS',
      group: 'g',
    });
    expect(failed(wire({ type: 'later', group: 'g' }))).toMatchObject({
      code: 'UNKNOWN_MESSAGE',
      group: 'g',
    });
    expect(failed(wire({ type: 'unsubscribe', group: 7 }))).toMatchObject({
      code: 'MALFORMED',
      group: undefined,
    });
  });
});

describe('a cursor', () => {
  test.each([[['t', -1]], [['t', 1.5]], [['t', 2 ** 60]], [['t', 'x']], [[7, 1]], [['t']], ['t']])(
    'may not be %j, and the error names the group',
    (cursor) => {
      const frame = wire({ type: 'subscribe', group: 'g', lines: [], cursor });
      expect(failed(frame)).toMatchObject({ code: 'INVALID_CURSOR', group: 'g' });
    },
  );
});

describe('a key', () => {
  test.each(['toString', 'x'.repeat(1024), 'ü'.repeat(512), '💡'.repeat(256), ' ', 'a/b'])(
    'may be %p',
    (key) => {
      assertKey(key);
      const sent = push(mutation(1, { changes: [put(key)], reads: [key] }));
      expect(decodeUp(encodeUp(sent))).toEqual(sent);
    },
  );

  test.each(['', 'a\0', '\ud800', 'a\udc00b', 'x'.repeat(1025), 'ü'.repeat(513), 'x'.repeat(10_240)])(
    'may not be %p',
    (key) => {
      expect(codeOf(() => assertKey(key))).toBe('INVALID_KEY');
    },
  );

  test.each(['__proto__', 'constructor', 'prototype'])('may not be %s, nor may a group or a line', (name) => {
    expect(codeOf(() => assertKey(name))).toBe('INVALID_KEY');
    expect(codeOf(() => assertGroup(name))).toBe('INVALID_KEY');
    expect(codeOf(() => decodeUp(encodeUp({ type: 'hello', clientId: name })))).toBe('INVALID_KEY');
  });

  test('of a group is 1 to 255 bytes, a prefix may be empty', () => {
    assertGroup('x'.repeat(255));
    assertPrefix('');
    expect(codeOf(() => assertGroup('x'.repeat(256)))).toBe('INVALID_GROUP');
    expect(codeOf(() => assertGroup(''))).toBe('INVALID_GROUP');
    expect(codeOf(() => assertPrefix('a\0'))).toBe('INVALID_PREFIX');
    expect(codeOf(() => decodeUp(wire({ type: 'subscribe', group: '', lines: [] })))).toBe('INVALID_GROUP');
    expect(codeOf(() => decodeUp(wire({ type: 'subscribe', group: 'g', prefix: '\0' })))).toBe(
      'INVALID_PREFIX',
    );
  });
});

describe('an error', () => {
  test('has a code on the closed list, with its facts', () => {
    expect(errorFacts('RATE_LIMITED')).toEqual({ retryable: true });
    expect(errorFacts('MALFORMED')).toEqual({ retryable: false, close: 4400 });
    expect(errorFacts('LATER')).toEqual({ retryable: false });
    expect([isErrorCode('STALE'), isErrorCode('toString')]).toEqual([true, false]);
  });

  test('closes with a code of its own where it closes', () => {
    const codes = Object.values(ERRORS).flatMap((facts) => ('close' in facts ? [facts.close] : []));
    expect(new Set(codes).size).toBe(codes.length);
  });
});
