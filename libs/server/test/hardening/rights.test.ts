import type { Observable } from 'rxjs';
import { of, timer, map } from 'rxjs';
import { StaticUsersAuth, type StaticUsers } from '../../src/auth/static-users-auth';
import type { AuthorizeRequest, Principal, SyncAuth } from '../../src/auth/sync-auth';
import type { Answer } from '../../src/auth/answer';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient } from '../support/raw-client';
import { mutation, pushOf, put } from '../support/world';

const USERS: StaticUsers = {
  root: { token: 'root', groups: ['*'] },
  alice: { token: 'alice', groups: ['todo', 'list/*'] },
  reader: { token: 'reader', groups: [{ group: 'todo', access: 'read' }] },
  part: { token: 'part', groups: [{ group: 'todo', prefix: 'part:' }] },
  nobody: { token: 'nobody', groups: [] },
};

let server: NestServer;
afterEach(() => server.close());

const join = async (user: string, clientId = user): Promise<RawClient> => {
  const client = await RawClient.connect(server.http);
  client.say({ type: 'hello', clientId, user, token: user });
  await client.next('welcome');
  return client;
};

const read = async (client: RawClient, group: string, prefix = ''): Promise<string> => {
  client.say({ type: 'unsubscribe', group });
  client.say({ type: 'subscribe', group, lines: [], ...(prefix !== '' && { prefix }) });
  const answer = await client.nextOf('changes', 'error');
  return answer.type === 'error' ? answer.code : 'ok';
};

const write = async (client: RawClient, group: string, key: string, clientId: string): Promise<string> => {
  client.say(pushOf(clientId, Number.MAX_SAFE_INTEGER, [], group));
  client.say(pushOf(clientId, 0, [mutation(1, [put(key, 1)])], group));
  for (;;) {
    const answer = await client.nextOf('pushed', 'error');
    if (answer.type === 'error') return answer.code;
    const [result] = answer.results;
    if (result) return result.kind === 'refused' ? result.code : result.kind;
  }
};

describe('who may do what', () => {
  const no = 'FORBIDDEN';
  it.each([
    // principal, group, prefix read, what comes of it, key written, what comes of it
    ['root', 'todo', '', 'ok', 'k', 'accepted'],
    ['root', 'any/where', '', 'ok', 'k', 'accepted'],
    ['alice', 'todo', '', 'ok', 'k', 'accepted'],
    ['alice', 'list/1', '', 'ok', 'k', 'accepted'],
    ['alice', 'list/', '', 'ok', 'k', 'accepted'],
    ['alice', 'list', '', no, 'k', 'NOT_SUBSCRIBED'],
    ['alice', 'todo2', '', no, 'k', 'NOT_SUBSCRIBED'],
    ['reader', 'todo', '', 'ok', 'k', no],
    ['reader', 'todo', 'a:', 'ok', 'a:1', no],
    ['reader', 'list/1', '', no, 'k', 'NOT_SUBSCRIBED'],
    ['part', 'todo', '', no, 'part:1', 'NOT_SUBSCRIBED'],
    ['part', 'todo', 'part:', 'ok', 'part:1', 'accepted'],
    ['part', 'todo', 'part:x', 'ok', 'other:1', no],
    ['part', 'todo', 'other:', no, 'other:1', 'NOT_SUBSCRIBED'],
    ['nobody', 'todo', '', no, 'k', 'NOT_SUBSCRIBED'],
    ['nobody', 'absent', '', no, 'k', 'NOT_SUBSCRIBED'],
  ])('%s in %s reads "%s": %s, writes "%s": %s', async (user, group, prefix, seen, key, written) => {
    server = await nestServer({ auth: new StaticUsersAuth(USERS) });
    const client = await join(user);
    expect([await read(client, group, prefix), await write(client, group, key, user)]).toEqual([
      seen,
      written,
    ]);
    expect(await client.isWell()).toBe(true);
  });

  it('says the same of a group that is there and of one that is not', async () => {
    server = await nestServer({ auth: new StaticUsersAuth(USERS) });
    const root = await join('root');
    await read(root, 'there');
    await write(root, 'there', 'k', 'root');
    const nobody = await join('nobody');
    const told = async (group: string) => {
      nobody.say({ type: 'subscribe', group, lines: [] });
      return JSON.stringify(await nobody.next('error')).replaceAll(group, 'GROUP');
    };
    expect(await told('there')).toBe(await told('absent'));
  });

  it("lets nobody write on another's line, or learn of it", async () => {
    server = await nestServer({ auth: new StaticUsersAuth(USERS) });
    const alice = await join('alice');
    await read(alice, 'todo');
    await write(alice, 'todo', 'k', 'alice');
    const root = await join('root', 'alice');
    root.say({ type: 'subscribe', group: 'todo', lines: ['alice', 'absent'] });
    const { lines } = await root.next('changes');
    expect(lines).toEqual([
      { clientId: 'alice', last: 0, results: [] },
      { clientId: 'absent', last: 0, results: [] },
    ]);
    expect(await write(root, 'todo', 'k', 'alice')).toBe('FORBIDDEN');
    expect(await alice.isWell()).toBe(true);
  });
});

describe('a right that is withdrawn while connected', () => {
  it('ends the feed with forget before anything more of it, and begins it anew when granted again', async () => {
    const auth = new StaticUsersAuth(USERS);
    server = await nestServer({ auth });
    const [root, alice] = [await join('root'), await join('alice')];
    await read(root, 'todo');
    await read(alice, 'todo');
    await write(root, 'todo', 'k', 'root');
    await alice.next('commits');
    auth.replace({ ...USERS, alice: { token: 'alice', groups: [{ group: 'todo', prefix: 'a:' }] } });
    root.say(pushOf('root', 1, [mutation(2, [put('k', 2)])], 'todo'));
    await root.next('pushed');
    await alice.isWell();
    const told = alice.seen().map((message) => ('code' in message ? message.code : message.type));
    expect(told.slice(-3)).toEqual(['forget', 'FORBIDDEN', 'pong']);
    expect(await write(alice, 'todo', 'k', 'alice')).toBe('NOT_SUBSCRIBED');

    auth.replace(USERS);
    const again = await alice.next('changes');
    expect([again.from, again.docs.map(({ key, version }) => [key, version])]).toEqual([0, [['k', 2]]]);
    root.say(pushOf('root', 2, [mutation(3, [put('k', 3)])], 'todo'));
    expect(await alice.next('commits')).toMatchObject({ from: 2, to: 3 });
  });

  it('reaches writes that wait in the queue', async () => {
    const auth = new StaticUsersAuth(USERS);
    server = await nestServer({ auth });
    const alice = await join('alice');
    await read(alice, 'todo');
    const { store } = server.sync.options;
    const write$ = store!.write.bind(store);
    jest.spyOn(store!, 'write').mockImplementationOnce((work) => {
      auth.replace({ ...USERS, alice: { token: 'alice', groups: [{ group: 'todo', access: 'read' }] } });
      return new Promise((done) => setImmediate(done)).then(() => write$(work));
    });
    expect(await write(alice, 'todo', 'k', 'alice')).toBe('FORBIDDEN');
  });

  it.each([
    ['withdrawn', {}, 'UNAUTHENTICATED'],
    ['changed', { ...USERS, alice: { token: 'new', groups: ['todo'] } }, 'UNAUTHENTICATED'],
  ])('closes the connection where the token itself was %s', async (_, users, code) => {
    const auth = new StaticUsersAuth(USERS);
    server = await nestServer({ auth });
    const alice = await join('alice');
    auth.replace(users as StaticUsers);
    expect(await alice.end()).toEqual({ code: 4401, reason: code });
  });

  it.each<[string, (may: boolean) => Answer<boolean>]>([
    ['at once', (may) => may],
    ['as a promise', (may) => Promise.resolve(may)],
    ['from an Observable', (may) => of(may)],
    ['from an Observable that takes its time', (may) => timer(20).pipe(map(() => may))],
  ])('may be answered %s, and told by the service', async (_, answer) => {
    let may = true;
    const auth: SyncAuth = {
      authenticate: ({ user = '' }): Observable<Principal> => of({ id: user }),
      authorize: ({ principal }: AuthorizeRequest) => answer(may || principal.id === 'root'),
    };
    server = await nestServer({ auth });
    const [root, alice] = [await join('root'), await join('alice')];
    await read(root, 'todo');
    await read(alice, 'todo');
    may = false;
    server.sync.refresh('alice');
    await write(root, 'todo', 'k', 'root');
    expect(await alice.next('forget')).toEqual({ type: 'forget', group: 'todo' });
    expect(alice.seen().filter(({ type }) => type === 'commits')).toEqual([]);
    may = true;
    server.sync.refresh('alice');
    expect((await alice.next('changes')).docs).toMatchObject([{ key: 'k' }]);
  });
});

describe('a cursor', () => {
  it('of other rights is answered with resync', async () => {
    const auth = new StaticUsersAuth({
      ...USERS,
      part: { token: 'part', groups: [{ group: 'todo', prefix: 'a:' }] },
    });
    server = await nestServer({ auth });
    const subscribe = (client: RawClient, cursor?: { token: string; version: number }) =>
      client.say({ type: 'subscribe', group: 'todo', prefix: 'a:', lines: [], ...(cursor && { cursor }) });
    const part = await join('part');
    subscribe(part);
    const { cursor } = await part.next('changes');
    subscribe(part, cursor);
    expect((await part.nextOf('resync', 'changes')).type).toBe('changes');
    auth.replace({
      ...USERS,
      part: {
        token: 'part',
        groups: [
          { group: 'todo', prefix: 'a:' },
          { group: 'todo', prefix: 'b:' },
        ],
      },
    });
    expect(await part.next('resync')).toMatchObject({ reason: 'feed' });
    const later = await join('part', 'later');
    subscribe(later, cursor);
    expect(await later.next('resync')).toMatchObject({ reason: 'feed' });
  });
});
