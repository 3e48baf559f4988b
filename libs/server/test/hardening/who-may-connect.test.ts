import type { AddressInfo } from 'node:net';
import { StaticUsersAuth } from '../../src/auth/static-users-auth';
import type { AtomSyncModuleOptions } from '../../src/nest/atom-sync.options';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient, refusal } from '../support/raw-client';

let server: NestServer;
let other: RawClient;
const serve = async (options: AtomSyncModuleOptions = {}): Promise<void> => {
  server = await nestServer(options);
  other = await RawClient.following(server.http, 'other', 'g', { user: 'bob', token: 'b' });
};
afterEach(async () => {
  expect(await other.isWell()).toBe(true);
  await server.close();
});

const users = { bob: { token: 'b', groups: ['g'] }, alice: { token: 'a', groups: ['g'] } };

describe('a page', () => {
  it.each([
    ['a foreign', 'https://evil.example'],
    ['the null', 'null'],
    ['a look-alike', 'http://127.0.0.1.evil.example'],
    ['a look-alike', 'http://localhost.evil.example'],
    ['a look-alike', 'http://evil.example/127.0.0.1'],
    ['a look-alike', 'http://127.0.0.1@evil.example'],
    ['a look-alike', 'https://app.example.com.evil.example'],
    ['a file', 'file://'],
    ['no', ''],
  ])('of %s origin (%s) gets a 403 before the upgrade', async (_, origin) => {
    await serve();
    const { status, body } = await refusal(server.http, '/sync', ['atomsync.v1'], { origin });
    expect([status, body]).toEqual([403, expect.stringMatching(/^FORBIDDEN: .*option origins/)]);
  });

  it('of the own host is let in, and so is one of this machine to a server on it', async () => {
    await serve();
    const { port } = server.http.address() as AddressInfo;
    for (const origin of [`http://127.0.0.1:${port}`, 'http://localhost:4200']) {
      const page = await RawClient.connect(server.http, { headers: { origin } });
      page.say({ type: 'hello', clientId: origin });
      await page.next('welcome');
    }
    const headers = { host: 'sync.example.com', origin: 'http://localhost:4200' };
    expect((await refusal(server.http, '/sync', ['atomsync.v1'], headers)).status).toBe(403);
    const page = await RawClient.connect(server.http, {
      headers: { host: 'sync.example.com', origin: 'https://sync.example.com' },
    });
    page.socket.terminate();
  });

  it('of a listed origin is let in, and no other but the own', async () => {
    await serve({ origins: ['https://app.example.com'] });
    const page = await RawClient.connect(server.http, { headers: { origin: 'https://app.example.com' } });
    page.socket.terminate();
    for (const origin of [
      'http://app.example.com',
      'https://app.example.com:8443',
      'http://localhost:4200',
    ]) {
      expect((await refusal(server.http, '/sync', ['atomsync.v1'], { origin })).status).toBe(403);
    }
  });
});

describe('a token', () => {
  it.each([
    ['missing', {}],
    ['wrong', { user: 'alice', token: 'wrong' }],
    ["another user's", { user: 'alice', token: 'b' }],
  ])('that is %s is UNAUTHENTICATED', async (_, shown) => {
    await serve({ auth: new StaticUsersAuth(users) });
    const client = await RawClient.connect(server.http);
    client.say({ type: 'hello', clientId: 'x', ...shown });
    expect(await client.next('error')).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    expect(await client.end()).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
  });

  it.each([
    ['unknown', 'UNAUTHENTICATED', 'wrong'],
    ['expired', 'TOKEN_EXPIRED', 'old'],
  ])('in the header that is %s gets a 401 before the upgrade (%s)', async (_, code, token) => {
    const principals = new Map([
      ['b', { id: 'bob' }],
      ['old', { id: 'bob', expiresAt: 1 }],
    ]);
    const authenticate = ({ token: shown = '' }) => Promise.resolve(principals.get(shown) ?? null);
    await serve({ auth: { authenticate, authorize: () => true } });
    const headers = { authorization: `Bearer ${token}` };
    const { status, body } = await refusal(server.http, '/sync', ['atomsync.v1'], headers);
    expect([status, body]).toEqual([401, expect.stringMatching(`^${code}: .*sign in again`)]);
    const good = await RawClient.connect(server.http, { headers: { authorization: 'Bearer b' } });
    good.say({ type: 'hello', clientId: 'x' });
    await good.next('welcome');
  });

  it('in the header that cannot be looked up gets a 503, and one that nobody answers for too', async () => {
    const authenticate = ({ token }: { readonly token?: string }) => {
      if (token === 'down') throw new Error('no answer from the identity provider');
      return token === 'slow' ? new Promise<never>(() => undefined) : { id: 'bob' };
    };
    await serve({ auth: { authenticate, authorize: () => true }, limits: { helloTimeout: 300 } });
    for (const token of ['down', 'slow']) {
      const headers = { authorization: `Bearer ${token}` };
      const { status, body } = await refusal(server.http, '/sync', ['atomsync.v1'], headers);
      expect([status, body]).toEqual([503, expect.stringMatching(/^RETRY_LATER: /)]);
    }
  });

  it('in a header of another scheme is left to hello', async () => {
    await serve({ auth: new StaticUsersAuth(users) });
    const client = await RawClient.connect(server.http, { headers: { authorization: 'Basic cHJveHk6eA==' } });
    client.say({ type: 'hello', clientId: 'x', token: 'a' });
    await client.next('welcome');
  });

  it('travels in hello or the Authorization header, and never in a URL', async () => {
    await serve({ auth: new StaticUsersAuth(users) });
    const bearer = await RawClient.connect(server.http, { headers: { authorization: 'Bearer a' } });
    bearer.say({ type: 'hello', clientId: 'x' });
    await bearer.next('welcome');
    const url = await RawClient.connect(server.http, { path: '/sync?token=a&user=alice' });
    url.say({ type: 'hello', clientId: 'y' });
    expect(await url.next('error')).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('that has expired is TOKEN_EXPIRED, at hello and on an open connection', async () => {
    const auth = {
      authenticate: ({ token }: { readonly token?: string }) => ({
        id: 'alice',
        ...(token !== 'b' && { expiresAt: Number(token) }),
      }),
      authorize: () => true,
    };
    await serve({ auth });
    const late = await RawClient.connect(server.http);
    late.say({ type: 'hello', clientId: 'x', token: String(Date.now() - 1) });
    expect(await late.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED', retryable: false });
    expect(await late.end()).toEqual({ code: 4411, reason: 'TOKEN_EXPIRED' });
    const open = await RawClient.following(server.http, 'y', 'g', { token: String(Date.now() + 300) });
    expect(await open.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED', retryable: true });
    expect(await open.end()).toMatchObject({ code: 4411 });
  });

  it('that was renewed in time outlives the one before', async () => {
    const ends = new Map<string, number | undefined>([
      ['b', undefined],
      ['short', Date.now() + 400],
      ['long', undefined],
    ]);
    await serve({
      auth: {
        authenticate: ({ token = '' }) =>
          ends.has(token) ? { id: 'alice', expiresAt: ends.get(token) } : null,
        authorize: () => true,
      },
    });
    const kept = await RawClient.following(server.http, 'x', 'g', { token: 'short' });
    const dropped = await RawClient.following(server.http, 'y', 'g', { token: 'short' });
    kept.say({ type: 'token', token: 'long' });
    expect(await dropped.end()).toMatchObject({ code: 4411 });
    expect(await kept.isWell()).toBe(true);
  });
});

describe('a socket', () => {
  it('that never says hello is closed', async () => {
    await serve({ limits: { helloTimeout: 200 } });
    const silent = await RawClient.connect(server.http);
    expect(await silent.next('error')).toMatchObject({ code: 'HELLO_EXPECTED' });
    expect(await silent.end()).toEqual({ code: 4405, reason: 'HELLO_EXPECTED' });
  });

  it('beyond those of its address gets a 429, and takes the place of one that leaves', async () => {
    await serve({ limits: { maxConnectionsPerAddress: 2 } });
    const second = await RawClient.connect(server.http);
    const { status, body } = await refusal(server.http, '/sync', ['atomsync.v1']);
    expect([status, body]).toEqual([429, expect.stringContaining('at most 2')]);
    second.socket.terminate();
    await second.end();
    let third = await refusal(server.http, '/nowhere', ['atomsync.v1']).then(
      () => undefined as RawClient | undefined,
    );
    while (third === undefined) third = await RawClient.connect(server.http).catch(() => undefined);
    third.say({ type: 'hello', clientId: 'c' });
    await third.next('welcome');
  });

  it('beyond those of its user is told RATE_LIMITED', async () => {
    await serve({ auth: new StaticUsersAuth(users), limits: { maxConnectionsPerPrincipal: 1 } });
    const one = await RawClient.following(server.http, 'x', 'g', { token: 'a' });
    const two = await RawClient.connect(server.http);
    two.say({ type: 'hello', clientId: 'y', token: 'a' });
    expect(await two.next('error')).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfter: 5000,
    });
    expect(await two.end()).toEqual({ code: 4408, reason: 'RATE_LIMITED' });
    // The same line again is the same connection, begun anew.
    const again = await RawClient.following(server.http, 'x', 'g', { token: 'a' });
    expect([await one.end(), await again.isWell()]).toMatchObject([{ code: 4410 }, true]);
  });
});
