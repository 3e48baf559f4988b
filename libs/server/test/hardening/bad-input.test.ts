import { defineSwap } from '@atomsync/atom';
import { DEFAULT_LIMITS, encodeBody, encodeSwapInput, encodeUp, type UpMessage } from '@atomsync/protocol';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Features } from '../../src/features';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient } from '../support/raw-client';
import { mutation, openHub, connect as join, pushOf, put, settle, subscribe } from '../support/world';

let server: NestServer;
let other: RawClient;
beforeEach(async () => {
  server = await nestServer({ limits: { maxFrame: 100_000, maxDoc: 10_000 } });
  other = await RawClient.following(server.http, 'other');
});
afterEach(async () => {
  expect(await other.isWell()).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  await server.close();
});

const hello = encodeUp({ type: 'hello', clientId: 'x' });
/** A doc's body that no client of ours would make. */
const deep = (depth: number) =>
  ({
    kind: 'put',
    key: 'k',
    schemaVersion: 1,
    body: Buffer.concat([Buffer.alloc(depth, 0x81), Buffer.of(1)]),
  }) as const;

describe('a frame', () => {
  it.each([
    ['of text', 'MALFORMED', 4400, 'hello'],
    ['of bad CBOR', 'MALFORMED', 4400, Buffer.from('ff', 'hex')],
    ['that is empty', 'MALFORMED', 4400, Buffer.alloc(0)],
    [
      'of arrays 90,000 deep',
      'MALFORMED',
      4400,
      Buffer.concat([Buffer.from('a16474797065', 'hex'), Buffer.alloc(90_000, 0x81)]),
    ],
    ['that says to be longer than memory', 'MALFORMED', 4400, Buffer.from('9b001fffffffffffff', 'hex')],
    ['that is too large', 'FRAME_TOO_LARGE', 4413, Buffer.alloc(200_000)],
  ])('%s is %s and closes with %i', async (_, code, close, frame) => {
    const client = await RawClient.connect(server.http);
    client.socket.send(hello);
    client.socket.send(frame);
    expect(await client.next('error')).toMatchObject({ code, retryable: false });
    expect(await client.end()).toEqual({ code: close, reason: code });
  });

  it('of an unknown type is UNKNOWN_MESSAGE, and the connection goes on', async () => {
    const client = await RawClient.following(server.http, 'x');
    client.socket.send(encodeBody({ type: 'toString' }));
    expect(await client.next('error')).toMatchObject({ code: 'UNKNOWN_MESSAGE' });
    expect(await client.isWell()).toBe(true);
  });

  it('in 100,000 fragments closes with 1008', async () => {
    const client = await RawClient.connect(server.http);
    client.socket.on('error', () => undefined);
    for (let i = 0; i < 100_000; i++) client.socket.send(Buffer.alloc(0), { fin: false });
    expect((await client.end()).code).toBe(1008);
  });

  it('that is compressed closes with 1002, and nothing is inflated', async () => {
    const socket = await upgraded(`Sec-WebSocket-Extensions: permessage-deflate\r\n`);
    const bomb = Buffer.alloc(64, 0xaa);
    socket.write(Buffer.concat([Buffer.of(0b1100_0010, 0x80 | bomb.length, 0, 0, 0, 0), bomb]));
    expect(await closeCode(socket)).toBe(1002);
  });
});

describe('a push', () => {
  const answer = async (message: UpMessage) => {
    const client = await RawClient.following(server.http, 'x');
    client.say(message);
    return (await client.next('pushed')).results;
  };

  it.each([
    ['nested too deep', 'TOO_DEEP', deep(DEFAULT_LIMITS.maxDepth + 1)],
    ['that is nested 9,000 deep', 'TOO_DEEP', deep(9_000)],
    ['that is too large', 'DOC_TOO_LARGE', put('k', 'x'.repeat(20_000))],
    ['with an empty key', 'INVALID_KEY', { kind: 'delete', key: '' } as const],
    ['with a key that is too long', 'INVALID_KEY', { kind: 'delete', key: 'k'.repeat(1025) } as const],
    ['with the key __proto__', 'INVALID_KEY', put('__proto__', { polluted: true })],
    ['with the key constructor', 'INVALID_KEY', put('constructor', { polluted: true })],
    ['with the key prototype', 'INVALID_KEY', put('prototype', { polluted: true })],
  ])('of a doc %s is refused with %s, and those behind it go on', async (_, code, change) => {
    expect(await answer(pushOf('x', 0, [mutation(1, [change])]))).toMatchObject([{ kind: 'refused', code }]);
  });

  it('of a doc with such properties carries them as the data they are', async () => {
    const value = Object.fromEntries([
      ['__proto__', { polluted: 1 }],
      ['constructor', 2],
    ]);
    expect(await answer(pushOf('x', 0, [mutation(1, [put('k', value)])]))).toMatchObject([
      { kind: 'accepted' },
    ]);
    expect((await other.next('commits')).commits[0]!.changes).toMatchObject([
      { body: new Uint8Array(encodeBody(value)) },
    ]);
  });

  it('that skips a number is MUTATION_GAP, and nothing is tried', async () => {
    const client = await RawClient.following(server.http, 'x');
    client.say(pushOf('x', 0, [mutation(2, [put('k', 1)])]));
    expect(await client.next('error')).toMatchObject({ code: 'MUTATION_GAP', group: 'g' });
    client.say(pushOf('x', 0, [mutation(1, [put('k', 1)])]));
    expect((await client.next('pushed')).results).toMatchObject([{ kind: 'accepted', version: 1 }]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'to the group %s is INVALID_KEY, and so is the line',
    async (name) => {
      const client = await RawClient.following(server.http, 'x');
      client.say(pushOf('x', 0, [mutation(1, [put('k', 1)])], name));
      expect(await client.next('error')).toMatchObject({ code: 'INVALID_KEY' });
      client.say(pushOf(name, 0, [mutation(1, [put('k', 1)])]));
      expect(await client.next('error')).toMatchObject({ code: 'INVALID_KEY', group: 'g' });
      client.say({ type: 'subscribe', group: name, lines: [] });
      expect(await client.next('error')).toMatchObject({ code: 'INVALID_KEY' });
    },
  );

  it('of a call with __proto__ in its path is INVALID_KEY, where the server would have run it', async () => {
    const pollute = defineSwap('hardening/pollute', () => ({ polluted: true }));
    const hub = await openHub({ features: new Features([{ group: 'g', swaps: [pollute] }]) });
    const link = await join(hub, 'x');
    await subscribe(link);
    const path = ['k', '__proto__', 'polluted'];
    const args = encodeSwapInput({ args: [], path, defaults: [] }, () => undefined);
    const call = { name: 'hardening/pollute', args, keys: ['k'] };
    const stale = [mutation(1, [put('k', {})]), mutation(2, [put('k', {})], { call, reads: ['k'] })];
    link.say(pushOf('x', 0, stale.slice(0, 1)));
    link.say(pushOf('x', 0, stale.slice(1)));
    await settle();
    expect(link.take().at(-1)).toMatchObject({ results: [{ kind: 'refused', code: 'INVALID_KEY' }] });
    await hub.close();
  });
});

describe('a request over HTTP', () => {
  const post = async (body: string): Promise<{ status: number; code?: string }> => {
    const { port } = server.http.address() as AddressInfo;
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${port}/sync`, { method: 'POST', headers, body });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const change = (key: string, value: string, group = 'g') =>
    `{"group":${JSON.stringify(group)},"changes":[{"key":${JSON.stringify(key)},"value":${value}}]}`;

  it.each([
    ['key', change('__proto__', '{"polluted":1}')],
    ['key', change('constructor', '1')],
    ['key', change('prototype', '1')],
    ['group', change('k', '1', '__proto__')],
    ['line', `{"group":"g","clientId":"__proto__","base":0,"mutations":[{"number":1,"changes":[]}]}`],
  ])('with such a name as %s is INVALID_KEY', async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 400, code: 'INVALID_KEY' });
  });

  it('with such properties carries them as the data they are', async () => {
    const value = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    expect(await post(change('k', value))).toMatchObject({ status: 200 });
    expect((await other.next('commits')).commits[0]!.changes).toMatchObject([
      { body: new Uint8Array(encodeBody(JSON.parse(value))) },
    ]);
  });
});

describe('a cursor', () => {
  it.each([[-1], [1.5], [2 ** 60], [Infinity], ['7']])('of version %p is INVALID_CURSOR', async (version) => {
    const client = await RawClient.following(server.http, 'x');
    client.socket.send(encodeBody({ type: 'subscribe', group: 'g', lines: [], cursor: ['t', version] }));
    expect(await client.next('error')).toMatchObject({ code: 'INVALID_CURSOR', group: 'g' });
    expect(await client.isWell()).toBe(true);
  });

  it.each([
    ['of nobody', 'x', 0],
    ['of another server', '["other","g",""]', 5],
    ['far ahead', undefined, Number.MAX_SAFE_INTEGER],
  ])('%s is answered with resync', async (_, foreign, version) => {
    const client = await RawClient.connect(server.http);
    client.say({ type: 'hello', clientId: 'x' });
    client.say({ type: 'subscribe', group: 'g', lines: [] });
    const { cursor } = await client.next('changes');
    const token = foreign ?? cursor!.token;
    client.say({ type: 'subscribe', group: 'g', lines: [], cursor: { token, version } });
    await client.next('resync');
    expect((await client.next('changes')).from).toBe(0);
  });
});

async function upgraded(headers: string): Promise<Socket> {
  const { port } = server.http.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET /sync HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: atomsync.v1\r\n${headers}\r\n`,
  );
  const answer = await new Promise<Buffer>((done) => socket.once('data', done));
  expect(answer.toString()).not.toMatch(/permessage-deflate/i);
  return socket;
}

/** Of the close frame that ends what a socket receives. */
async function closeCode(socket: Socket): Promise<number | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const at = all.lastIndexOf(0x88);
  return at === -1 ? undefined : all.readUInt16BE(at + 2);
}
