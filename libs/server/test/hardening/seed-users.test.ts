import { StaticUsersAuth, type StaticUsers } from '../../src/auth/static-users-auth';
import { nestServer, type NestServer } from '../support/nest-server';
import type { AddressInfo } from 'node:net';
import { RawClient } from '../support/raw-client';
import { mutation, pushOf, put } from '../support/world';

/** The two users of the seed, and one whose rights end at keys. */
const USERS: StaticUsers = {
  alice: { token: 'abc123', groups: ['todo', 'settings'] },
  bob: { token: 'def456', groups: ['todo'] },
  carol: {
    token: 'ghi789',
    groups: [
      { group: 'todo', prefix: 'carol:' },
      { group: 'settings', access: 'read' },
    ],
  },
};

let server: NestServer;
let auth: StaticUsersAuth;
beforeEach(async () => {
  auth = new StaticUsersAuth(USERS);
  server = await nestServer({ auth });
});
afterEach(() => server.close());

/** One way to the server: what comes of reading a group under a prefix, and of writing a key, as codes. */
interface Way {
  read(user: string, group: string, prefix: string): Promise<string>;
  write(user: string, group: string, key: string): Promise<string>;
}

const tokenOf = (user: string): string => USERS[user]?.token ?? 'wrong';

let clients = 0;
const overSocket: Way = {
  read: async (user, group, prefix) => {
    const client = await joined(user);
    if (typeof client === 'string') return client;
    return subscribed(client, group, prefix);
  },
  write: async (user, group, key) => {
    const clientId = `line-${++clients}`;
    const client = await joined(user, clientId);
    if (typeof client === 'string') return client;
    // Writing asks for an open feed; the rights to that one are told apart above.
    const prefix = user === 'carol' ? key.slice(0, 6) : '';
    const open = await subscribed(client, group, prefix);
    if (open !== 'ok') return open;
    client.say(pushOf(clientId, 0, [mutation(1, [put(key, 1)])], group));
    const answer = await client.nextOf('pushed', 'error');
    if (answer.type === 'error') return answer.code;
    const [result] = answer.results;
    return result?.kind === 'refused' ? result.code : result?.kind === 'accepted' ? 'ok' : 'none';
  },
};

async function joined(user: string, clientId = `line-${++clients}`): Promise<RawClient | string> {
  const client = await RawClient.connect(server.http);
  client.say({ type: 'hello', clientId, user, token: tokenOf(user) });
  const answer = await client.nextOf('welcome', 'error');
  return answer.type === 'welcome' ? client : answer.code;
}

async function subscribed(client: RawClient, group: string, prefix: string): Promise<string> {
  client.say({ type: 'subscribe', group, lines: [], ...(prefix !== '' && { prefix }) });
  const answer = await client.nextOf('changes', 'error');
  return answer.type === 'error' ? answer.code : 'ok';
}

const overHttp: Way = {
  read: async (user, group, prefix) => {
    const query = new URLSearchParams({ group, ...(prefix !== '' && { prefix }) });
    return asked(user, `?${query.toString()}`);
  },
  write: (user, group, key) =>
    asked(user, '', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ group, changes: [{ key, value: 1 }] }),
    }),
};

async function asked(
  user: string,
  query: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<string> {
  const { port } = server.http.address() as AddressInfo;
  const headers = { ...init.headers, Authorization: `Bearer ${tokenOf(user)}` };
  const answer = await fetch(`http://127.0.0.1:${port}/sync${query}`, { ...init, headers });
  return answer.ok ? 'ok' : ((await answer.json()) as { code: string }).code;
}

const [ok, no, who] = ['ok', 'FORBIDDEN', 'UNAUTHENTICATED'];

describe.each([
  ['a socket', overSocket],
  ['HTTP', overHttp],
])("the seed's users, over %s", (_, way) => {
  it.each([
    // principal, group, prefix, what comes of reading, key, what comes of writing
    ['alice', 'todo', '', ok, 'todo:1', ok],
    ['alice', 'settings', '', ok, 'theme', ok],
    ['alice', 'secret', '', no, 'k', no],
    ['alice', 'todo/', '', no, 'k', no],
    ['bob', 'todo', '', ok, 'todo:1', ok],
    ['bob', 'settings', '', no, 'theme', no],
    ['bob', 'secret', '', no, 'k', no],
    ['carol', 'todo', '', no, 'other:1', no],
    ['carol', 'todo', 'carol:', ok, 'carol:1', ok],
    ['carol', 'todo', 'bob:', no, 'bob:1', no],
    ['carol', 'settings', '', ok, 'theme', no],
    ['mallory', 'todo', '', who, 'todo:1', who],
  ])('%s in %s reads "%s": %s, writes "%s": %s', async (user, group, prefix, seen, key, written) => {
    expect(await way.read(user, group, prefix)).toBe(seen);
    expect(await way.write(user, group, key)).toBe(written);
    const docs = (await server.sync.hub.look(group, [key])).docs.length;
    expect(docs).toBe(written === ok ? 1 : 0);
  });

  it('lose at once what is withdrawn, and nothing else', async () => {
    expect(await way.write('alice', 'settings', 'theme')).toBe(ok);
    auth.replace({ ...USERS, alice: { token: 'abc123', groups: ['todo'] } });
    expect([await way.read('alice', 'settings', ''), await way.write('alice', 'settings', 'theme')]).toEqual([
      no,
      no,
    ]);
    expect([await way.read('alice', 'todo', ''), await way.write('alice', 'todo', 'k')]).toEqual([ok, ok]);
    auth.replace({ ...USERS, alice: { token: 'another', groups: ['todo'] } });
    expect(await way.read('alice', 'todo', '')).toBe(who);
    expect(await way.read('bob', 'todo', '')).toBe(ok);
  });
});

it('a right that is withdrawn ends the feed on an open socket and the hints on an open stream', async () => {
  const alice = (await joined('alice', 'alice')) as RawClient;
  expect(await subscribed(alice, 'settings', '')).toBe(ok);
  expect(await subscribed(alice, 'todo', '')).toBe(ok);
  const { port } = server.http.address() as AddressInfo;
  const stream = await fetch(`http://127.0.0.1:${port}/events?group=settings`, {
    headers: { Authorization: 'Bearer abc123' },
  });
  expect(stream.status).toBe(200);
  auth.replace({ ...USERS, alice: { token: 'abc123', groups: ['todo'] } });
  expect(await alice.next('forget')).toEqual({ type: 'forget', group: 'settings' });
  expect(await alice.next('error')).toMatchObject({ code: 'FORBIDDEN', group: 'settings' });
  await server.sync.atom<string>('settings').put('theme', 'dark');
  await server.sync.atom<string>('todo').put('k', 'v');
  expect(await alice.next('commits')).toMatchObject({ group: 'todo' });
  const told = await stream.text();
  expect(told).toContain('FORBIDDEN');
  expect(told).not.toContain('"version":1');
});
