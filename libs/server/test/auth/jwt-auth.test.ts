import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JwtAuth, type JwtAuthOptions } from '../../src/auth/jwt-auth';

const SECRET = 'a secret of thirty-two bytes or so';
const key = new TextEncoder().encode(SECRET);
const HOUR = 3600;

const load = () => import('jose');
let jose: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  jose = await load();
});

type Key = CryptoKey | Uint8Array;

const sign = (claims: Record<string, unknown>, lasts = HOUR, alg = 'HS256', by: Key = key): Promise<string> =>
  new jose.SignJWT({ exp: Math.floor(Date.now() / 1000) + lasts, ...claims })
    .setProtectedHeader({ alg, kid: 'k1' })
    .sign(by);

const shown = async (auth: JwtAuth, token: string, user?: string) => {
  const principal = await auth.authenticate({ token, headers: {}, ...(user !== undefined && { user }) });
  return principal?.id;
};

describe('a JSON Web Token', () => {
  it('with a good signature says who it is and what it may do', async () => {
    const auth = new JwtAuth({ secret: SECRET });
    const token = await sign({ sub: 'alice', groups: ['todo', 'list/*', 7] });
    const alice = (await auth.authenticate({ token, headers: {} }))!;
    expect(alice).toMatchObject({ id: 'alice', expiresAt: alice.claims.exp! * 1000 });
    const may = (group: string) =>
      auth.authorize({
        principal: alice,
        action: 'write',
        group,
        key: 'k',
        before: undefined,
        after: undefined,
      });
    expect(['todo', 'list/1', 'other'].map(may)).toEqual([true, true, false]);
  });

  it('has its claims read as the app says', async () => {
    const auth = new JwtAuth({
      secret: SECRET,
      principal: ({ email }) => (typeof email === 'string' ? email : undefined),
      groups: ({ scope }) => [{ group: String(scope), access: 'read' }],
    });
    const token = await sign({ email: 'a@example.com', scope: 'g' });
    const principal = (await auth.authenticate({ token, headers: {} }))!;
    const may = (action: 'read' | 'write') =>
      auth.authorize({ principal, action, group: 'g', key: '', before: undefined, after: undefined });
    expect([principal.id, may('read'), may('write')]).toEqual(['a@example.com', true, false]);
  });

  it('that has expired is known for what it was, with its end', async () => {
    const auth = new JwtAuth({ secret: SECRET });
    const token = await sign({ sub: 'alice' }, -60);
    const principal = (await auth.authenticate({ token, headers: {} }))!;
    expect(principal.expiresAt).toBeLessThan(Date.now());
  });

  it.each([
    ['that is none', () => 'x.y.z'],
    ['with another signature', async () => (await sign({ sub: 'alice' })).replace(/.{4}$/, 'AAAA')],
    ['of another secret', () => sign({ sub: 'alice' }, HOUR, 'HS256', new Uint8Array(32))],
    ['of another algorithm', () => sign({ sub: 'alice' }, HOUR, 'HS384')],
    [
      'that is not signed',
      () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"alice","exp":9999999999}').toString('base64url')}.`,
    ],
    ['of nobody', () => sign({})],
    ['without an end', () => sign({ sub: 'alice', exp: undefined })],
    ['of another issuer', () => sign({ sub: 'alice', iss: 'other', aud: 'here' })],
    ['for another audience', () => sign({ sub: 'alice', iss: 'us', aud: 'there' })],
  ])('%s is not taken', async (_, token) => {
    const strict = _.startsWith('of another issuer') || _.startsWith('for');
    const auth = new JwtAuth({ secret: SECRET, ...(strict && { issuer: 'us', audience: 'here' }) });
    expect(await shown(auth, await token())).toBeUndefined();
  });

  it('is not taken for another user', async () => {
    const auth = new JwtAuth({ secret: SECRET });
    const token = await sign({ sub: 'alice' });
    expect([await shown(auth, token, 'alice'), await shown(auth, token, 'bob')]).toEqual([
      'alice',
      undefined,
    ]);
  });

  it('is verified by a public key', async () => {
    const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
    const auth = new JwtAuth({ publicKey: await jose.exportSPKI(publicKey), algorithms: ['ES256'] });
    expect(await shown(auth, await sign({ sub: 'alice' }, HOUR, 'ES256', privateKey))).toBe('alice');
    // The public key is no secret: whoever knows it must not be able to sign with it.
    const forged = new TextEncoder().encode(await jose.exportSPKI(publicKey));
    expect(await shown(auth, await sign({ sub: 'alice' }, HOUR, 'HS256', forged))).toBeUndefined();
  });

  it('is verified by a key set, and a set that cannot be had is no verdict', async () => {
    const { publicKey, privateKey } = await jose.generateKeyPair('RS256');
    const jwk = { ...(await jose.exportJWK(publicKey)), kid: 'k1', alg: 'RS256' };
    let down = true;
    const server = createServer((_request, response) => {
      response.writeHead(down ? 503 : 200).end(JSON.stringify({ keys: [jwk] }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const auth = new JwtAuth({ jwks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys` });
    const token = await sign({ sub: 'alice' }, HOUR, 'RS256', privateKey);
    await expect(shown(auth, token)).rejects.toThrow();
    down = false;
    expect(await shown(auth, token)).toBe('alice');
    await new Promise((done) => server.close(done));
  });

  it.each<[string, JwtAuthOptions]>([
    ['has 0 of', {}],
    ['has 2 of', { secret: SECRET, jwks: 'https://x/' }],
    ['at least 32', { secret: 'short' }],
    ['the one algorithm', { publicKey: 'pem' }],
    ['HS are for a secret', { jwks: 'https://x/', algorithms: ['HS256'] }],
    ['HS are for a secret', { secret: SECRET, algorithms: ['RS256'] }],
    ['none', { jwks: 'https://x/', algorithms: ['none'] }],
  ])('is not configured with what %s', (message, options) => {
    expect(() => new JwtAuth(options)).toThrow(message);
  });
});
