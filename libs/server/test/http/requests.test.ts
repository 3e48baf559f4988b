import { Controller, Get, HttpCode, Post, Body } from '@nestjs/common';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { ADAPTERS, HttpServer } from './http-server';

@Controller('app')
class AppController {
  @Get()
  read(): object {
    return { from: 'the app' };
  }

  @Post()
  @HttpCode(200)
  write(@Body() body: object): object {
    return { heard: body };
  }
}

let server: HttpServer;
afterEach(() => server.close());

const good = JSON.stringify({ group: 'todo', changes: [{ key: 'a', value: 1 }] });
const json = { 'Content-Type': 'application/json' };
const nested = (depth: number) =>
  `{"group":"todo","changes":[{"key":"a","value":${'['.repeat(depth)}${']'.repeat(depth)}}]}`;

describe.each(ADAPTERS)('on %s', (_, adapter) => {
  const start = (options = {}) => HttpServer.start(options, { adapter, controllers: [AppController] });

  it.each<[string, number, string, RequestInit, string?]>([
    [
      'a type that is none of ours',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { headers: { 'Content-Type': 'text/plain' } },
    ],
    ['a form', 415, 'UNSUPPORTED_MEDIA_TYPE', { body: new URLSearchParams({ a: '1' }), headers: {} }],
    [
      'a charset of old',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { headers: { 'Content-Type': 'application/json; charset=latin1' } },
    ],
    [
      'a body that is compressed',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { headers: { ...json, 'Content-Encoding': 'gzip' } },
    ],
    ['a body beyond the limit', 413, 'FRAME_TOO_LARGE', { body: 'x'.repeat(5000) }],
    ['a doc beyond the limit', 413, 'DOC_TOO_LARGE', { body: good.replace('1}', `"${'x'.repeat(900)}"}`) }],
    ['too many changes', 413, 'TOO_MANY_CHANGES', { body: good.replace(/(\{"key".*?\})/, '$1,$1,$1,$1') }],
    ['no JSON', 400, 'MALFORMED', { body: '{' }],
    ['bytes that are no UTF-8', 400, 'MALFORMED', { body: Buffer.from([0x22, 0xff, 0x22]) }],
    ['a body that is no message', 400, 'MALFORMED', { body: '[]' }],
    ['an empty body', 400, 'MALFORMED', { body: '' }],
    ['no group', 400, 'MALFORMED', { body: '{"changes":[]}' }],
    ['no changes', 400, 'MALFORMED', { body: '{"group":"todo","changes":[]}' }],
    ['a key changed twice', 400, 'MALFORMED', { body: good.replace(/(\{"key".*?\})/, '$1,$1') }],
    ['a value and a delete', 400, 'MALFORMED', { body: good.replace('"value"', '"deleted":true,"value"') }],
    ['an unknown tag', 400, 'MALFORMED', { body: good.replace('1}', '{"$when":1}}') }],
    ['an integer that JSON rounds', 400, 'MALFORMED', { body: good.replace('1}', '9007199254740993}') }],
    ['a bad group', 400, 'INVALID_GROUP', { body: good.replace('todo', '') }],
    ['a bad key', 400, 'INVALID_KEY', { body: good.replace('"a"', '""') }],
    ['a value nested too deep', 400, 'TOO_DEEP', { body: nested(101) }],
    ['another method', 405, 'METHOD_NOT_ALLOWED', { method: 'PUT' }],
    ['a method without a body', 405, 'METHOD_NOT_ALLOWED', { method: 'DELETE', body: null }],
    ['a pull without a group', 400, 'INVALID_GROUP', { method: 'GET', body: null }, '/sync'],
    ['a bad prefix', 400, 'INVALID_PREFIX', { method: 'GET', body: null }, '/sync?group=g&prefix=%00'],
    ['a bad limit', 400, 'BAD_QUERY', { method: 'GET', body: null }, '/sync?group=g&limit=0'],
    [
      'an answer that nobody has',
      406,
      'NOT_ACCEPTABLE',
      { method: 'GET', body: null, headers: { Accept: 'image/png' } },
      '/sync?group=g',
    ],
    ['hints of no group', 400, 'INVALID_GROUP', { method: 'GET', body: null }, '/events'],
    ['a post of hints', 405, 'METHOD_NOT_ALLOWED', {}, '/events?group=g'],
  ])('answers %s with %i %s', async (_, status, code, init, path = '/sync') => {
    server = await start({ limits: { maxFrame: 4000, maxDoc: 800, maxChanges: 3 } });
    const response = await server.fetch(path, { method: 'POST', body: good, headers: json, ...init });
    const body = (await response.json()) as { code: string; message: string };
    expect([response.status, body.code]).toEqual([status, code]);
    expect(body.message).toMatch(/\w/);
    if (status === 405) expect(response.headers.get('allow')).toMatch(/GET/);
    expect((await server.post(JSON.parse(good) as object)).status).toBe(200);
  });

  it('does not read on when a body that tells no length is too large', async () => {
    server = await start({ limits: { maxFrame: 4000 } });
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /sync HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`1388\r\n${'x'.repeat(5000)}\r\n`);
    const said = await new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (data) => (all += data.toString()));
      socket.on('close', () => resolve(all));
    });
    expect(said).toMatch(/^HTTP\/1.1 413 .*Connection: close/s);
  });

  it("leaves the app's routes and body parsers alone", async () => {
    server = await start();
    expect(await server.get('/app')).toEqual({ status: 200, body: { from: 'the app' } });
    const heard = await server.fetch('/app', { method: 'POST', body: good, headers: json });
    expect(await heard.json()).toEqual({ heard: JSON.parse(good) as object });
    expect((await server.get('/nothing')).status).toBe(404);
    expect((await server.get('/health')).status).toBe(404);
  });

  it('takes bodies that the parsers of the app would refuse', async () => {
    server = await start();
    const value = 'x'.repeat(900_000);
    expect(
      await server.post({
        group: 'todo',
        changes: [
          { key: 'a', value },
          { key: 'b', value },
        ],
      }),
    ).toMatchObject({
      status: 200,
    });
    expect(await server.get('/sync?group=todo')).toMatchObject({ body: { docs: [{ value }, { value }] } });
  });

  it('follows the path option, and serves nothing where it is not wanted', async () => {
    server = await start({ path: '/api/live' });
    expect((await server.get('/api/live?group=g')).status).toBe(200);
    expect((await server.get('/sync?group=g')).status).toBe(404);
    const hints = await server.fetch('/api/events?group=g');
    expect(hints.headers.get('content-type')).toBe('text/event-stream');
    await hints.body!.cancel();
    await server.close();
    server = await start({ http: false });
    expect((await server.get('/sync?group=g')).status).toBe(404);
  });

  it('says that it is going down', async () => {
    server = await start();
    const { hub } = server.app.get(AtomSyncService);
    await hub.close();
    const response = await server.fetch('/sync?group=g');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'SHUTTING_DOWN', retryable: true });
  });

  describe('from pages of other origins', () => {
    const origin = 'https://app.example';
    const preflight = (path: string) =>
      server.fetch(path, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });

    it('is closed by default', async () => {
      server = await start();
      expect((await preflight('/sync')).headers.get('access-control-allow-origin')).toBeNull();
      const response = await server.fetch('/sync?group=g', { headers: { Origin: origin } });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    });

    it('is open to those that are named', async () => {
      server = await start({ http: { cors: { origin: [origin], credentials: true, maxAge: 60 } } });
      const { status, headers } = await preflight('/sync');
      expect([
        status,
        headers.get('access-control-allow-origin'),
        headers.get('access-control-allow-methods'),
        headers.get('access-control-allow-headers'),
        headers.get('access-control-allow-credentials'),
        headers.get('access-control-max-age'),
      ]).toEqual([204, origin, 'GET,POST', 'authorization,content-type', 'true', '60']);
      for (const path of ['/sync?group=g', '/sync']) {
        const response = await server.fetch(path, { headers: { Origin: origin } });
        expect(response.headers.get('access-control-allow-origin')).toBe(origin);
        expect(response.headers.get('vary')).toMatch(/Origin/);
      }
      const other = await server.fetch('/sync?group=g', { headers: { Origin: 'https://evil.example' } });
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
      expect(
        (await server.fetch('/app', { headers: { Origin: origin } })).headers.get(
          'access-control-allow-origin',
        ),
      ).toBeNull();
    });
  });
});
