import { encodeDown, encodeUp } from '@atomsync/protocol';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import type { AtomSyncModuleOptions } from '../../src/nest/atom-sync.options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { RawClient, refusal } from '../support/raw-client';
import { mutation, pushOf, put } from '../support/world';

let app: INestApplication;

async function serve(options: AtomSyncModuleOptions = {}): Promise<Server> {
  const module = await Test.createTestingModule({
    imports: [AtomSyncModule.forRoot({ store: new MemoryCommitStore(), ...options })],
  }).compile();
  app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}

afterEach(() => app.close());

describe('the gateway', () => {
  it('carries a push from one socket to another', async () => {
    const server = await serve();
    const a = await RawClient.following(server, 'a');
    const b = await RawClient.following(server, 'b');
    a.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    expect(await b.next('commits')).toMatchObject({
      from: 0,
      to: 1,
      commits: [{ clientId: 'a', number: 1 }],
    });
    expect(await a.next('pushed')).toMatchObject({ results: [{ number: 1, kind: 'accepted', version: 1 }] });
  });

  const hello = encodeUp({ type: 'hello', clientId: 'x' });
  const push = encodeUp(pushOf('x', 0, [mutation(1, [put('k', 1)])]));
  const unknown = Buffer.from('a16474797065636f6f6f', 'hex');

  it.each([
    ['malformed bytes', 'MALFORMED', 4400, [hello, Buffer.from('ff', 'hex')]],
    ['a text frame', 'MALFORMED', 4400, [hello, 'hello']],
    ['an oversize frame', 'FRAME_TOO_LARGE', 4413, [hello, Buffer.alloc(5000)]],
    ['a frame far beyond the bound', 'FRAME_TOO_LARGE', 4413, [hello, Buffer.alloc(5_000_000)]],
    ['a push before hello', 'HELLO_EXPECTED', 4405, [push]],
    ['a second hello', 'ALREADY_WELCOMED', 4409, [hello, hello]],
  ])('answers %s with %s and closes that socket with %i alone', async (_, code, close, frames) => {
    const server = await serve({ limits: { maxFrame: 4000 } });
    const other = await RawClient.following(server, 'other');
    const bad = await RawClient.connect(server);
    for (const frame of frames) bad.socket.send(frame);
    expect(await bad.next('error')).toMatchObject({ code, retryable: false });
    expect(await bad.end()).toEqual({ code: close, reason: code });
    other.say({ type: 'ping' });
    expect(await other.next('pong')).toEqual({ type: 'pong', heads: new Map([['g', 0]]) });
  });

  it('skips a message of an unknown type, says so, and goes on', async () => {
    const server = await serve();
    const client = await RawClient.following(server, 'a');
    client.socket.send(unknown);
    expect(await client.next('error')).toMatchObject({ code: 'UNKNOWN_MESSAGE' });
    client.say({ type: 'ping' });
    await client.next('pong');
  });

  it('tells a client of another version over its socket', async () => {
    const server = await serve();
    const client = await RawClient.connect(server, { protocol: 'atomsync.v9' });
    expect(await client.next('error')).toMatchObject({ code: 'UNSUPPORTED_VERSION', retryable: false });
    expect(await client.end()).toEqual({ code: 4406, reason: 'UNSUPPORTED_VERSION' });
  });

  it.each([[[]], [['graphql-ws']]])('answers a client that offers %j with a plain 400', async (protocols) => {
    const server = await serve();
    const { status, body } = await refusal(server, '/sync', protocols);
    expect(status).toBe(400);
    expect(body).toMatch(/^UNSUPPORTED_VERSION: .*atomsync\.v1/);
  });

  it('takes its own path alone: others are not found, or left to who serves them', async () => {
    const server = await serve({ path: '/live' });
    expect(await refusal(server, '/sync', ['atomsync.v1'])).toMatchObject({ status: 404 });
    const chat = new WebSocketServer({ noServer: true });
    // As rude as the stock adapter: what it does not know, it destroys.
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== '/chat') socket.destroy();
      else
        chat.handleUpgrade(request, socket, head, (ws) =>
          ws.send(encodeDown({ type: 'pong', heads: new Map() })),
        );
    });
    const other = await RawClient.connect(server, { path: '/chat', protocol: '' });
    expect(await other.next('pong')).toEqual({ type: 'pong', heads: new Map() });
    other.socket.terminate();
    const ours = await RawClient.connect(server, { path: '/live?x=1' });
    ours.say({ type: 'hello', clientId: 'a' });
    await ours.next('welcome');
  });

  it('closes its sockets with 1012 when the app closes, after the commit in hand', async () => {
    const server = await serve();
    const client = await RawClient.following(server, 'a');
    client.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    await client.next('pushed');
    const closed = client.end();
    await app.close();
    expect(await closed).toEqual({ code: 1012, reason: 'SHUTTING_DOWN' });
  });

  it('ends a socket that has not answered since the heartbeat before, and no other', async () => {
    const real = [
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'clearImmediate',
      'nextTick',
      'queueMicrotask',
      'Date',
      'performance',
      'hrtime',
    ] as const;
    jest.useFakeTimers({ doNotFake: [...real] });
    try {
      const server = await serve({ heartbeat: 1000 });
      const alive = await RawClient.following(server, 'alive');
      const dead = await RawClient.following(server, 'dead');
      dead.socket.pause();
      for (let beat = 0; beat < 2; beat++) {
        const pinged = once(alive.socket, 'ping');
        jest.advanceTimersByTime(1000);
        await pinged;
        alive.say({ type: 'ping' });
        await alive.next('pong');
      }
      dead.socket.resume();
      expect((await dead.end()).code).toBe(1006);
      expect(alive.closed).toBeUndefined();
    } finally {
      jest.useRealTimers();
    }
  });
});
