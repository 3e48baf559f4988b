import { type LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';
import { StaticUsersAuth } from '../../src/auth/static-users-auth';
import type { AtomSyncModuleOptions } from '../../src/nest/atom-sync.options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient, refusal } from '../support/raw-client';
import { mutation, pushOf, put } from '../support/world';

type Line = readonly [level: string, message: unknown, context: unknown];

/** What the app's own logger is told in the context of the module. */
class Recorder implements LoggerService {
  readonly all: Line[] = [];
  readonly log = this.#at('log');
  readonly error = this.#at('error');
  readonly warn = this.#at('warn');
  readonly debug = this.#at('debug');
  readonly verbose = this.#at('verbose');

  get lines(): [string, unknown][] {
    return this.all
      .filter(([, , context]) => context === 'AtomSync')
      .map(([level, message]) => [level, message]);
  }

  #at(level: string) {
    return (message: unknown, ...rest: unknown[]): void => void this.all.push([level, message, rest.at(-1)]);
  }
}

const TOKEN = 'tokenthatisasecret';
const BODY = 'bodythatisasecret';
const users = new StaticUsersAuth({ alice: { token: TOKEN, groups: ['g'] } });

let server: NestServer;
let log: Recorder;
const serve = async (options: AtomSyncModuleOptions = {}): Promise<void> => {
  log = new Recorder();
  server = await nestServer({ auth: users, ...options }, log);
};
afterEach(async () => {
  await server.close();
  expect(inspect(log.all, { depth: 20, showHidden: true })).not.toMatch(`${TOKEN}|${BODY}`);
});

const logged = async (count: number): Promise<[string, unknown][]> => {
  while (log.lines.length < count) await new Promise((done) => setImmediate(done));
  return log.lines;
};

const join = async (clientId = 'a'): Promise<RawClient> => {
  const client = await RawClient.connect(server.http);
  client.say({ type: 'hello', clientId, token: TOKEN });
  await client.next('welcome');
  client.say({ type: 'subscribe', group: 'g', lines: [] });
  await client.next('changes');
  return client;
};

describe('the log', () => {
  it('tells of a connection under one id, from its beginning to its end', async () => {
    await serve({ addressOf: () => '198.51.100.7' });
    const client = await join();
    client.say(pushOf('a', 0, [mutation(1, [put('k', BODY)])]));
    await client.next('pushed');
    client.socket.close(1000);
    const [[openedAt, opened], [closedAt, closed]] = (await logged(2)) as [
      [string, object],
      [string, object],
    ];
    expect([openedAt, closedAt]).toEqual(['debug', 'debug']);
    const connection = expect.stringMatching(/^[\w-]{8,}$/) as string;
    const about = { connection, principal: 'alice', address: '198.51.100.7' };
    expect(opened).toEqual({ event: 'connection opened', ...about });
    expect(closed).toEqual({
      event: 'connection closed',
      ...about,
      ...{ code: 1000, by: 'client', framesIn: 3, framesOut: 4 },
      duration: expect.any(Number) as number,
    });
    expect((closed as { connection: string }).connection).toBe((opened as { connection: string }).connection);
  });

  it('warns of what was refused, and says on which code', async () => {
    await serve();
    const nobody = await RawClient.connect(server.http);
    nobody.say({ type: 'hello', clientId: 'x', token: `${TOKEN}-wrong` });
    await nobody.end();
    const bad = await join();
    bad.socket.send(Buffer.from(`ff${Buffer.from(BODY).toString('hex')}`, 'hex'));
    await bad.end();
    const lines = await logged(3);
    const shown = lines.map(([level, line]) => [level, line]);
    expect(shown).toMatchObject([
      ['warn', { event: 'connection closed', code: 4401, by: 'server', reason: 'UNAUTHENTICATED' }],
      ['debug', { event: 'connection opened', principal: 'alice' }],
      ['warn', { event: 'connection closed', code: 4400, by: 'server', reason: 'MALFORMED' }],
    ]);
    expect(lines[0]?.[1]).not.toHaveProperty('principal');
  });

  it('warns of upgrades that were refused', async () => {
    await serve();
    const upgrade = (headers: Record<string, string>, protocols = ['atomsync.v1']) =>
      refusal(server.http, '/sync', protocols, headers);
    await upgrade({ origin: 'https://evil.example' });
    await upgrade({ authorization: `Bearer ${TOKEN}-wrong` });
    await upgrade({}, ['other']);
    expect(await logged(3)).toMatchObject([
      ['warn', { event: 'upgrade refused', status: 403, code: 'FORBIDDEN', origin: 'https://evil.example' }],
      ['warn', { event: 'upgrade refused', status: 401, code: 'UNAUTHENTICATED', address: '127.0.0.1' }],
      ['warn', { event: 'upgrade refused', status: 400, code: 'UNSUPPORTED_VERSION' }],
    ]);
  });

  it('tells of faults by what the error says of itself, and nothing that hangs on it', async () => {
    const store = new MemoryCommitStore();
    await serve({ store });
    const client = await join();
    const failed = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL', parameters: [BODY, TOKEN] });
    store.write = () => Promise.reject(failed);
    client.say(pushOf('a', 0, [mutation(1, [put('k', BODY)])]));
    expect(await client.next('error')).toMatchObject({ code: 'RETRY_LATER' });
    const stack = expect.stringContaining('logs.test') as string;
    expect((await logged(2))[1]).toEqual([
      'error',
      { event: 'fault', name: 'Error', code: 'SQLITE_FULL', message: 'disk full', stack },
    ]);
  });

  it('says on which connection a fault was', async () => {
    const authorize = () => {
      throw new Error('rights cannot be looked up');
    };
    await serve({ auth: { authenticate: () => ({ id: 'alice' }), authorize } });
    const client = await RawClient.connect(server.http);
    client.say({ type: 'hello', clientId: 'a', token: TOKEN });
    client.say({ type: 'subscribe', group: 'g', lines: [] });
    await client.next('error');
    const [[, opened], [level, fault]] = (await logged(2)) as [[string, object], [string, object]];
    expect([level, fault]).toMatchObject([
      'error',
      { event: 'fault', message: 'rights cannot be looked up' },
    ]);
    expect((fault as { connection: string }).connection).toBe((opened as { connection: string }).connection);
  });

  it('tells of deletions that were forgotten', async () => {
    await serve();
    await server.sync.atom<string>('g').put('k', BODY);
    await server.sync.atom<string>('g').remove('k');
    await server.sync.purge({ olderThan: 0 });
    const event = 'tombstones purged';
    expect(await logged(1)).toEqual([['log', { event, group: 'g', tombstones: 1, purgedThrough: 2 }]]);
  });
});
