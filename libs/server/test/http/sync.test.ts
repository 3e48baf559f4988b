import type { AuthorizeRequest } from '../../src/auth/sync-auth';
import { StaticUsersAuth } from '../../src/auth/static-users-auth';
import { RawClient } from '../support/raw-client';
import { HttpServer } from './http-server';

let server: HttpServer;
afterEach(() => server.close());

const put = (key: string, value: unknown, version?: number) => ({
  key,
  value,
  ...(version !== undefined && { version }),
});

interface Page {
  readonly docs: readonly { readonly key: string; readonly version: number }[];
  readonly cursor: string;
  readonly more: boolean;
  readonly full: boolean;
}

const pull = async (query: string): Promise<Page> => {
  const { status, body } = await server.get(`/sync?group=todo${query}`);
  expect(status).toBe(200);
  return body as Page;
};

const keysOf = ({ docs }: Page): string[] => docs.map(({ key }) => key);

describe('pull', () => {
  it('gives all docs without a cursor, and with it what has changed since', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('a', 1), put('b', 2)] });
    const first = await pull('');
    expect(first).toMatchObject({
      group: 'todo',
      full: true,
      version: 1,
      more: false,
      docs: [
        { key: 'a', version: 1, value: 1 },
        { key: 'b', version: 1, value: 2 },
      ],
    });
    expect(await pull(`&since=${first.cursor}`)).toMatchObject({ full: false, docs: [], version: 1 });
    await server.post({ group: 'todo', changes: [{ key: 'a', deleted: true }, put('c', 3)] });
    const next = await pull(`&since=${first.cursor}`);
    expect(next).toMatchObject({ full: false, version: 2, more: false });
    expect(next.docs).toEqual([
      expect.objectContaining({ key: 'a', version: 2, deleted: true }),
      expect.objectContaining({ key: 'c', version: 2, value: 3 }),
    ]);
  });

  it('gives an unknown group as an empty one', async () => {
    server = await HttpServer.start();
    expect(await pull('')).toMatchObject({ full: true, docs: [], version: 0, more: false });
  });

  it.each(['1766200992881', 'nonsense', '5.bm9uc2Vuc2U'])(
    'gives everything, and says why, for the foreign cursor %s',
    async (since) => {
      server = await HttpServer.start();
      await server.post({ group: 'todo', changes: [put('a', 1)] });
      expect(await pull(`&since=${since}`)).toMatchObject({
        full: true,
        reason: 'cursor',
        docs: [{ key: 'a' }],
      });
    },
  );

  it('pages by whole versions, and the pages together are the group', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('a', 1)] });
    await server.post({ group: 'todo', changes: [put('b', 1), put('c', 1), put('d', 1)] });
    await server.post({ group: 'todo', changes: [put('e', 1)] });
    const first = await pull('&limit=2');
    expect([keysOf(first), first.more, first.full]).toEqual([['a', 'b', 'c', 'd'], true, true]);
    const second = await pull(`&limit=2&since=${first.cursor}`);
    expect([keysOf(second), second.more, second.full]).toEqual([['e'], false, false]);
  });

  it('pages through more docs than the hub reads at a time', async () => {
    server = await HttpServer.start();
    for (let group = 0; group < 25; group++) {
      const changes = Array.from({ length: 100 }, (_, i) => put(`k${group * 100 + i}`, i));
      await server.post({ group: 'todo', changes });
    }
    const keys: string[] = [];
    let page = await pull('&limit=900');
    keys.push(...keysOf(page));
    let pages = 1;
    for (; page.more; pages++) {
      page = await pull(`&limit=900&since=${page.cursor}`);
      expect(page.full).toBe(false);
      keys.push(...keysOf(page));
    }
    expect([pages, keys.length, new Set(keys).size]).toEqual([3, 2500, 2500]);
  });

  it('shows only what a prefix allows', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('a:1', 1), put('b:1', 2)] });
    const page = await pull('&prefix=a:');
    expect(keysOf(page)).toEqual(['a:1']);
    expect(await pull(`&prefix=b:&since=${page.cursor}`)).toMatchObject({ full: true, reason: 'feed' });
  });
});

describe('a push without a line', () => {
  it('is all or nothing, and reaches a socket', async () => {
    server = await HttpServer.start();
    const socket = await RawClient.following(server.server, 'socket', 'todo');
    const { status, body } = await server.post({ group: 'todo', changes: [put('a', 1), put('b', 2)] });
    expect([status, body]).toEqual([200, { group: 'todo', version: 1 }]);
    const { commits } = await socket.next('commits');
    expect(commits[0]?.changes.map(({ key }) => key)).toEqual(['a', 'b']);
    socket.socket.terminate();
  });

  it('writes over whatever is there, where no version is expected', async () => {
    server = await HttpServer.start();
    for (const value of [1, 2, 3]) await server.post({ group: 'todo', changes: [put('a', value)] });
    expect(await pull('')).toMatchObject({ version: 3, docs: [{ key: 'a', value: 3 }] });
  });

  it('compares and sets, and answers a stale one with the doc that is there', async () => {
    server = await HttpServer.start();
    expect((await server.post({ group: 'todo', changes: [put('a', 1, 0)] })).status).toBe(200);
    expect(await server.post({ group: 'todo', changes: [put('a', 2, 0), put('b', 1)] })).toMatchObject({
      status: 409,
      body: { code: 'STALE', retryable: false, docs: [{ key: 'a', version: 1, value: 1 }] },
    });
    expect((await server.post({ group: 'todo', changes: [put('a', 2, 1)] })).status).toBe(200);
    expect(await server.post({ group: 'todo', changes: [put('a', 3, 7)] })).toMatchObject({ status: 409 });
    expect(keysOf(await pull(''))).toEqual(['a']);
  });

  it('takes a deleted doc for an absent one', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('a', 1)] });
    await server.post({ group: 'todo', changes: [{ key: 'a', deleted: true, version: 1 }] });
    expect(await server.post({ group: 'todo', changes: [put('a', 2, 2)] })).toMatchObject({
      status: 409,
      body: { docs: [{ key: 'a', version: 2, deleted: true }] },
    });
    expect((await server.post({ group: 'todo', changes: [put('a', 2, 0)] })).status).toBe(200);
  });

  it('lets one of many win each version, so that no increment is lost', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('n', 0, 0)] });
    const increment = async (): Promise<void> => {
      for (;;) {
        const { docs } = (await server.get('/sync?group=todo')).body as {
          docs: [{ version: number; value: number }];
        };
        const { version, value } = docs[0];
        const { status } = await server.post({ group: 'todo', changes: [put('n', value + 1, version)] });
        if (status === 200) return;
        expect(status).toBe(409);
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await pull('')).toMatchObject({ version: 9, docs: [{ key: 'n', value: 8 }] });
  });

  it('goes through although others write the same doc at the same time', async () => {
    server = await HttpServer.start();
    const all = Array.from({ length: 20 }, (_, i) => server.post({ group: 'todo', changes: [put('a', i)] }));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
    expect(await pull('')).toMatchObject({ version: 20 });
  });
});

describe('a push of a line', () => {
  const push = (base: number, numbers: readonly number[], key = 'a') => ({
    group: 'todo',
    clientId: 'line-1',
    base,
    mutations: numbers.map((number) => ({ number, changes: [put(key, number)] })),
  });

  it('is answered mutation by mutation, and once only', async () => {
    server = await HttpServer.start();
    const answer = {
      group: 'todo',
      clientId: 'line-1',
      results: [
        { number: 1, status: 'accepted', version: 1 },
        { number: 2, status: 'accepted', version: 2 },
      ],
    };
    expect(await server.post(push(0, [1, 2]))).toEqual({ status: 200, body: answer });
    expect(await server.post(push(0, [1, 2]))).toEqual({ status: 200, body: answer });
    expect(await pull('')).toMatchObject({ version: 2 });
  });

  it('is stale where its docs have moved, and shows them', async () => {
    server = await HttpServer.start();
    await server.post({ group: 'todo', changes: [put('a', 'theirs')] });
    expect(await server.post(push(0, [1, 2]))).toMatchObject({
      status: 200,
      body: {
        results: [{ number: 1, status: 'stale', version: 1, docs: [{ key: 'a', value: 'theirs' }] }],
      },
    });
  });

  it.each([
    ['numbers with a gap', push(0, [3]), 409, 'MUTATION_GAP'],
    ['numbers that do not rise by one', push(0, [1, 3]), 409, 'MUTATION_GAP'],
    ['a base that never was', push(9, [1]), 409, 'RESYNC'],
    ['a bad key', push(0, [1], 'a\0'), 400, 'INVALID_KEY'],
    ['too many mutations', push(0, [1, 2, 3, 4]), 413, 'TOO_MANY_MUTATIONS'],
  ])('with %s is not tried', async (_, message, status, code) => {
    server = await HttpServer.start({ limits: { maxMutations: 3 } });
    expect(await server.post(message)).toMatchObject({ status, body: { code } });
    expect(await pull('')).toMatchObject({ version: 0 });
  });
});

describe('rights', () => {
  const auth = new StaticUsersAuth({ alice: { token: 'abc123', groups: ['todo'] } });
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  it('asks for a token, and takes it as the socket does', async () => {
    server = await HttpServer.start({ auth });
    const path = '/sync?group=todo';
    const refused = await server.fetch(path);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    expect((await server.get(path, bearer('wrong'))).status).toBe(401);
    expect((await server.get(path, bearer('abc123'))).status).toBe(200);
    const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    expect((await server.get(path, basic('alice:abc123'))).status).toBe(200);
    expect((await server.get(path, basic('bob:abc123'))).status).toBe(401);
    expect(await server.get('/sync?group=secret', bearer('abc123'))).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    const write = { group: 'secret', changes: [put('a', 1)] };
    expect(await server.post(write)).toMatchObject({ status: 401 });
    expect(await server.post(write, bearer('abc123'))).toMatchObject({ status: 403 });
    expect(await server.post({ ...write, group: 'todo' }, bearer('abc123'))).toMatchObject({ status: 200 });
  });

  it('lets who may read and write some keys do it by key, and shows no other', async () => {
    const mine = {
      authenticate: () => ({ id: 'me' }),
      authorize: ({ key }: AuthorizeRequest) => key.startsWith('me:'),
    };
    server = await HttpServer.start({ auth: mine });
    expect(await server.post({ group: 'todo', changes: [put('me:1', 1)] })).toMatchObject({ status: 200 });
    expect(await server.post({ group: 'todo', changes: [put('you:1', 1)] })).toMatchObject({ status: 403 });
    expect(await server.post({ group: 'todo', changes: [put('me:2', 1), put('you:1', 1)] })).toMatchObject({
      status: 403,
    });
    expect(await server.post({ group: 'todo', changes: [put('you:1', 1, 5)] })).toMatchObject({
      status: 403,
    });
    expect((await server.get('/sync?group=todo')).status).toBe(403);
    expect(keysOf(await pull('&prefix=me:'))).toEqual(['me:1']);
  });
});
