import { TypeOrmCommitStore } from '../../src/store/typeorm/typeorm-commit-store';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient } from '../support/raw-client';
import { mutation, pushOf, put } from '../support/world';

let server: NestServer;
afterEach(() => server.close());

describe('a flood of messages', () => {
  it('is answered with RATE_LIMITED and retryAfter, and goes on after the wait', async () => {
    server = await nestServer({ limits: { maxMessageRate: 10, maxMessageBurst: 50 } });
    const flood = await RawClient.following(server.http, 'flood');
    // With hello and subscribe, five too many.
    for (let i = 0; i < 53; i++) flood.say({ type: 'unsubscribe', group: 'h' });
    let wait = 0;
    for (let tooMany = 1; tooMany <= 5; tooMany++) {
      const told = await flood.next('error');
      expect(told).toMatchObject({ code: 'RATE_LIMITED', retryable: true, group: 'h' });
      expect(told.retryAfter).toBeGreaterThan(0);
      wait = told.retryAfter!;
    }
    // The time that it was told last, no more; timers round down.
    await new Promise((done) => setTimeout(done, wait + 1));
    expect(await flood.isWell()).toBe(true);
  });

  it('that does not end is cut off, and others do not notice', async () => {
    server = await nestServer({ limits: { maxMessageRate: 100, maxMessageBurst: 50 } });
    const other = await RawClient.following(server.http, 'other');
    const flood = await RawClient.following(server.http, 'flood');
    for (let i = 0; i < 5000; i++) flood.say({ type: 'unsubscribe', group: 'h' });
    expect(await flood.end()).toEqual({ code: 4408, reason: 'RATE_LIMITED' });
    other.say(pushOf('other', 0, [mutation(1, [put('k', 1)])]));
    expect((await other.next('pushed')).results).toMatchObject([{ kind: 'accepted' }]);
  });

  it('of subscriptions opens no more than one connection may have', async () => {
    server = await nestServer({ limits: { maxGroups: 3 } });
    const client = await RawClient.following(server.http, 'x');
    for (const group of ['h', 'i', 'j']) client.say({ type: 'subscribe', group, lines: [] });
    expect(await client.next('error')).toMatchObject({ code: 'RATE_LIMITED', group: 'j' });
    expect(await client.isWell()).toBe(true);
  });

  it('of pushes has no more of them wait than one connection may have', async () => {
    const store = new TypeOrmCommitStore({ type: 'better-sqlite3', database: ':memory:' });
    server = await nestServer({ store, limits: { maxQueued: 2 } });
    const client = await RawClient.following(server.http, 'x');
    for (let number = 1; number <= 20; number++)
      client.say(pushOf('x', number - 1, [mutation(number, [put('k', number)])]));
    expect(await client.next('error')).toMatchObject({ code: 'RATE_LIMITED', group: 'g', retryable: true });
    expect(await client.isWell()).toBe(true);
  });
});

describe('a consumer that does not read', () => {
  it('costs a bounded amount and is closed, while others go on', async () => {
    const maxBuffered = 256 * 1024;
    server = await nestServer({ limits: { maxBuffered, maxUnread: 1024 * 1024, maxStall: 500 } });
    const [writer, deaf] = [
      await RawClient.following(server.http, 'writer'),
      await RawClient.following(server.http, 'deaf'),
    ];
    deaf.socket.pause();
    const body = 'x'.repeat(100_000);
    let most = 0;
    let base = 0;
    while (server.sync.status().connections === 2) {
      writer.say(pushOf('writer', base, [mutation(base + 1, [put(`k${base % 10}`, body)])]));
      expect((await writer.next('pushed')).results).toMatchObject([{ kind: 'accepted' }]);
      base++;
      // What is in the process: a socket's own buffers, and those of the kernel, are not.
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(base).toBeGreaterThan(5);
    deaf.socket.resume();
    expect(await deaf.end()).toEqual({ code: 4408, reason: 'SLOW_CONSUMER' });
    expect(await writer.isWell()).toBe(true);
    expect(most).toBeLessThan(200 * 1024 * 1024);
  });
});
