import { writeFile } from 'node:fs/promises';
import { atomsync, atomsyncJson } from './support/atomsync';
import { Served } from './support/served';

const SECRET = 'a secret that is long enough to be one';
const env = { ATOMSYNC_JWT_SECRET: SECRET };

const make = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await atomsync(['token', '--sub', 'alice', ...args], { env });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};

describe('a token', () => {
  let served: Served;
  beforeAll(async () => {
    served = await Served.start([], { env });
  });
  afterAll(() => served.dispose());

  const put = (group: string, token: string) =>
    atomsync(['put', group, 'a', '1', ...served.server], { env: { ATOMSYNC_TOKEN: token } });

  it('opens its groups on a server with the same secret, and no others', async () => {
    const token = await make('--groups', 'todo,list/*');
    expect(await put('todo', token)).toMatchObject({ code: 0 });
    expect(await put('list/1', token)).toMatchObject({ code: 0 });
    expect(await put('other', token)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error FORBIDDEN [^\n]+\n$/),
    });
  });

  it('may come from a file, and is needed', async () => {
    await writeFile(served.file('token'), `${await make('--groups', 'todo')}\n`);
    const args = ['get', 'todo', ...served.server];
    expect(await atomsync([...args, '--token-file', served.file('token')])).toMatchObject({ code: 0 });
    expect(await atomsync(args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error UNAUTHENTICATED .*ATOMSYNC_TOKEN/),
    });
  });

  it('counts for export and import too', async () => {
    const args = ['export', '-g', 'todo', ...served.server];
    const token = await make('--groups', 'todo');
    expect(await atomsync(args, { env: { ATOMSYNC_TOKEN: token } })).toMatchObject({ code: 0 });
    expect(await atomsync([...args, '--user', 'alice'], { env: { ATOMSYNC_TOKEN: token } })).toMatchObject({
      code: 0,
    });
    expect(await atomsync(args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNAUTHENTICATED'),
    });
    expect(
      await atomsync(['export', '-g', 'other', ...served.server], { env: { ATOMSYNC_TOKEN: token } }),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('FORBIDDEN'),
    });
  });

  it('of another secret is not taken', async () => {
    const { stdout } = await atomsync(['token', '--sub', 'alice', '--groups', 'todo'], {
      env: { ATOMSYNC_JWT_SECRET: `${SECRET}!` },
    });
    expect(await put('todo', stdout.trim())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNAUTHENTICATED'),
    });
  });
});

describe('token', () => {
  it('tells with --json what it made', async () => {
    const args = ['token', '--sub', 'alice', '--groups', 'a', '--groups', 'b', '--expires', '2h'];
    const made = await atomsyncJson(args, { env });
    expect(made).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      ...{ sub: 'alice', groups: ['a', 'b'], expiresAt: expect.any(String) },
    });
    const left = Date.parse(made.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(1.9 * 3_600_000);
    expect(left).toBeLessThanOrEqual(2 * 3_600_000);
  });

  it('wants a secret of 32 bytes', async () => {
    const { code, stderr } = await atomsync(['token', '--sub', 'a', '--groups', 'b'], {
      env: { ATOMSYNC_JWT_SECRET: 'short' },
    });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error SECRET_TOO_SHORT .*5 bytes.*openssl/)]);
  });
});

describe('token inspect', () => {
  it('shows claims and whether the signature is right', async () => {
    const token = await make('--groups', 'todo', '--issuer', 'us', '--audience', 'them');
    const shown = await atomsyncJson(['token', 'inspect', token], { env });
    expect(shown).toEqual({
      header: { alg: 'HS256' },
      claims: {
        ...{ sub: 'alice', groups: ['todo'], iss: 'us', aud: 'them' },
        ...{ iat: expect.any(Number), exp: expect.any(Number) },
      },
      ...{ signature: 'valid', expired: false },
    });
    const { code, stdout } = await atomsync(['token', 'inspect', '-'], { stdin: `${token}\n` });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sub +alice$/m);
    expect(stdout).toMatch(/^exp +\d{4}-\d\d-\d\dT/m);
    expect(stdout).toMatch(/^signature +not checked$/m);
  });

  it('ends with 1 where it has expired, or another secret signed it', async () => {
    const old = await make('--groups', 'todo', '--expires', '1ms');
    await new Promise<void>((done) => {
      const look = setInterval(() => {
        const { exp } = JSON.parse(Buffer.from(old.split('.')[1]!, 'base64url').toString()) as {
          exp: number;
        };
        if (Date.now() < exp * 1000) return;
        clearInterval(look);
        done();
      }, 20);
    });
    expect(await atomsync(['token', 'inspect', old], { env })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^signature +valid$/m),
      stderr: expect.stringContaining('TOKEN_EXPIRED'),
    });
    const other = { ATOMSYNC_JWT_SECRET: `${SECRET}!` };
    expect(
      await atomsync(['token', 'inspect', await make('--groups', 'todo')], { env: other }),
    ).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^signature +wrong$/m),
      stderr: expect.stringContaining('BAD_SIGNATURE'),
    });
  });
});
