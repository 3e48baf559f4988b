import { decodeBody, encodeBody, keyword, ProtocolError, UUID, valuesEqual } from '@atomsync/protocol';
import fc from 'fast-check';
import transit from 'transit-js';
import { carryable } from '../../../protocol/test/arbitrary';
import { readJson, writeJson } from '../../src/http/json-codec';
import { readTransit } from '../../src/http/read-transit';
import { writeTransit } from '../../src/http/write-transit';
import { RawClient } from '../support/raw-client';
import { HttpServer } from './http-server';

const CODECS = [
  ['JSON', readJson, writeJson],
  ['Transit', readTransit, writeTransit],
] as const;

const uuid = new UUID('01890c6e-7b1a-7c3e-9f4d-0123456789ab');

it.each(CODECS)('%s carries every value unchanged', (_, read, write) => {
  fc.assert(
    fc.property(carryable(), (value) => {
      expect(valuesEqual(read(write(value)), value)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it.each<[string, unknown]>([
  ['undefined inside', [undefined, { a: undefined }]],
  ['minus zero', [-0, 0]],
  ['numbers that are none', [Number.NaN, Infinity, -Infinity]],
  ['large floats', [1e300, 2 ** 60, -(2 ** 70)]],
  ['big integers, also small ones', [1n, -(2n ** 80n)]],
  ['an invalid date', [new Date(Number.NaN), new Date(-1)]],
  [
    'Maps of all keys',
    new Map<unknown, unknown>([
      [1, 'a'],
      ['b', 2],
      [2 ** 60, 3],
      [null, 4],
      [uuid, 5],
      [true, 6],
      [[1], 7],
    ]),
  ],
  ['an empty Map, and one of strings', [new Map(), new Map([['a', 1]]), {}]],
  [
    'a Map of keywords',
    new Map<unknown, unknown>([
      [keyword('text'), 'x'],
      [keyword('a/b'), new Set([keyword('c')])],
    ]),
  ],
  [
    'objects that look like tags',
    [{ $set: [] }, { $object: { $set: 1 } }, { $: 1 }, { '~#set': [] }, { '^ ': 1 }],
  ],
  ['strings that look like tags', ['~:a', '^0', '`', '~', '~#set', '^ ']],
  ['hostile keys', JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":2}')],
  ['bytes, UUIDs and keywords', [new Uint8Array([0, 255]), uuid, keyword('x')]],
])('both carry %s', (_, value) => {
  for (const [, read, write] of CODECS) expect(valuesEqual(read(write(value)), value)).toBe(true);
});

it.each([
  ['a symbol', '["~$foo"]', 'NOT_CARRYABLE'],
  ['a character', '["~cx"]', 'NOT_CARRYABLE'],
  ['a URI', '["~rhttp://example.com"]', 'NOT_CARRYABLE'],
  ['a decimal', '["~f1.5"]', 'NOT_CARRYABLE'],
  ['a ratio', '["~#ratio",[1,2]]', 'NOT_CARRYABLE'],
  ['a tag of others', '["~#point",[1,2]]', 'NOT_CARRYABLE'],
  ['a tag that objects inherit', '["~#constructor",[1]]', 'NOT_CARRYABLE'],
  ['a cache code for nothing', '["^5"]', 'MALFORMED'],
  ['the tag __proto__', '["~#__proto__",1]', 'MALFORMED'],
  ['the same key twice', '["^ ","a",1,"a",2]', 'MALFORMED'],
  ['half a UUID', '["~u0189"]', 'NOT_CARRYABLE'],
  ['endless nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'TOO_DEEP'],
  ['half a text', '["~:a"', 'MALFORMED'],
])('refuses %s in Transit', (_, text, code) => {
  let thrown: unknown;
  try {
    readTransit(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ProtocolError);
  expect(thrown).toMatchObject({ code });
});

it('reads lists of Clojure as arrays, and integers beyond doubles as big ones', () => {
  expect(readTransit('["~#list",[1,"~i9007199254740993"]]')).toEqual([1, 9007199254740993n]);
});

describe('over a server', () => {
  let server: HttpServer;
  beforeEach(async () => {
    server = await HttpServer.start();
  });
  afterEach(() => server.close());

  const send = (type: string, body: BodyInit, accept?: string) =>
    server.fetch('/sync', {
      method: 'POST',
      headers: { 'Content-Type': type, ...(accept && { Accept: accept }) },
      body,
    });

  it('what transit-js wrote comes back equal to transit-js, and reaches a socket as the same types', async () => {
    const { keyword: kw, map, set } = transit;
    const todo = map([
      ...[kw('text'), 'Buy milk', kw('done'), false, kw('tags'), set([kw('groceries'), kw('ns/x')])],
      ...[kw('id'), transit.uuid(uuid.value), kw('at'), new Date(1_700_000_000_123)],
      ...[kw('count'), transit.bigInt('12345678901234567890'), kw('empty'), map([]), kw('ns'), [null, 1.5]],
    ]);
    const socket = await RawClient.following(server.server, 'socket', 'todo');
    const message = map([
      kw('group'),
      'todo',
      kw('changes'),
      [map([kw('key'), 'todo:1', kw('value'), todo])],
    ]);
    const written = await send('application/transit+json', transit.writer('json').write(message));
    expect([written.status, written.headers.get('content-type')]).toEqual([200, 'application/transit+json']);
    const answer = transit.reader('json').read(await written.text()) as Map<unknown, unknown>;
    expect([answer.get(kw('group')), answer.get(kw('version'))]).toEqual(['todo', 1]);

    const pulled = await server.fetch('/sync?group=todo', {
      headers: { Accept: 'application/transit+json' },
    });
    const page = transit.reader('json').read(await pulled.text()) as Map<unknown, never>;
    const [doc] = page.get(kw('docs')) as unknown as [Map<unknown, unknown>];
    expect(transit.equals(doc.get(kw('value')), todo)).toBe(true);

    const { commits } = await socket.next('commits');
    const change = commits[0]!.changes[0]!;
    expect(
      valuesEqual(
        change.kind === 'put' && decodeBody(change.body),
        new Map<unknown, unknown>([
          [keyword('text'), 'Buy milk'],
          [keyword('done'), false],
          [keyword('tags'), new Set([keyword('groceries'), keyword('ns/x')])],
          [keyword('id'), uuid],
          [keyword('at'), new Date(1_700_000_000_123)],
          [keyword('count'), 12345678901234567890n],
          [keyword('empty'), {}],
          [keyword('ns'), [null, 1.5]],
        ]),
      ),
    ).toBe(true);
    socket.socket.terminate();
  });

  it.each([
    ['application/json', writeJson],
    ['application/transit+json', writeTransit],
    ['application/cbor', (value: unknown) => encodeBody(value) as Uint8Array<ArrayBuffer>],
  ] as const)('takes %s, and answers each pull in the type it asks for', async (type, write) => {
    const value = {
      set: new Set([keyword('a')]),
      at: new Date(5),
      none: undefined,
      n: 1n,
      map: new Map([[uuid, -0]]),
    };
    const response = await send(type, write({ group: 'todo', changes: [{ key: 'a', value }] }));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    for (const [accept, read] of [
      ['application/json', (body: Buffer) => readJson(body.toString())],
      ['application/transit+json', (body: Buffer) => readTransit(body.toString())],
      ['application/cbor', (body: Buffer) => decodeBody(body)],
    ] as const) {
      const pulled = await server.fetch('/sync?group=todo', { headers: { Accept: accept } });
      expect(pulled.headers.get('content-type')).toBe(accept);
      const page = read(Buffer.from(await pulled.arrayBuffer()));
      const fields = page instanceof Map ? page : new Map(Object.entries(page as object));
      const docs = (fields.get('docs') ?? fields.get(keyword('docs'))) as [object];
      const doc =
        docs[0] instanceof Map ? docs[0].get(keyword('value')) : (docs[0] as { value: unknown }).value;
      expect(valuesEqual(doc, value)).toBe(true);
    }
  });

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*;q=0.5, application/cbor', 'application/cbor'],
    ['text/html, application/transit+json;q=0.9, */*;q=0.1', 'application/transit+json'],
  ])('answers a pull that accepts %s in %s', async (accept, type) => {
    const response = await server.fetch(
      '/sync?group=g',
      accept === undefined ? {} : { headers: { Accept: accept } },
    );
    expect(response.headers.get('content-type')).toBe(type);
  });

  it('refuses what is no doc', async () => {
    const response = await send(
      'application/json',
      '{"group":"g","changes":[{"key":"a","value":{"$undefined":true}}]}',
    );
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      400,
      'NOT_CARRYABLE',
    ]);
  });
});
