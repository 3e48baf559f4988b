import type { Hello } from '@atomsync/protocol';
import { openConnection, type Connection } from '../../src/connection/connection';
import { ConnectionError } from '../../src/connection/connection-error';
import type { GroupMessage } from '../../src/connection/session';
import { hello, online, phases, setUp } from './stage';
import { Clock, Net } from './virtual-link';

const commits = (group: string, to: number): GroupMessage => ({
  type: 'commits',
  group,
  from: to - 1,
  to,
  commits: [],
});

describe('a connection', () => {
  it('says hello first and has a session once it is welcomed', () => {
    const { net, sessions, statuses } = setUp();
    expect(net.last.received).toEqual([hello]);
    expect(sessions).toEqual([undefined]);
    net.last.welcome();
    expect(sessions[1]?.welcome.epoch).toBe('e1');
    expect(phases(statuses)).toBe('connecting online');
  });

  it('hears a welcome and a page that come within the very calls of send', () => {
    const net = new Net();
    net.onOpen = (socket) => {
      socket.onMessage = (message) => {
        if (message.type === 'hello') socket.welcome();
        if (message.type === 'subscribe') socket.send(commits(message.group, 1));
      };
    };
    const { connection } = setUp({ transport: net.transport });
    const heard: GroupMessage[] = [];
    connection.sessions$.subscribe((session) => {
      session?.group('todo').subscribe((message) => heard.push(message));
      session?.send({ type: 'subscribe', group: 'todo', lines: [] });
    });
    expect(heard).toEqual([commits('todo', 1)]);
  });

  it('waits for a hello that is promised before it opens a socket', async () => {
    const { net } = setUp({ hello: () => Promise.resolve(hello) });
    expect(net.sockets).toHaveLength(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(net.last.received).toEqual([hello]);
  });

  it('takes anything that can be awaited for a promise', async () => {
    const { net } = setUp({
      hello: () =>
        ({
          then: (done: (said: Hello) => void) => {
            done(hello);
          },
        }) as unknown as Promise<Hello>,
    });
    await new Promise(setImmediate);
    expect(net.last.received).toEqual([hello]);
  });

  it('tries again when the hello cannot be had, and says why', async () => {
    const failing = (): Promise<Hello> => Promise.reject(new Error('token endpoint is down'));
    const { status } = setUp({ hello: failing });
    await new Promise(setImmediate);
    expect(status()).toMatchObject({ phase: 'offline', attempt: 1, error: { code: 'HELLO_FAILED' } });
    expect(status().error?.message).toContain('token endpoint is down');
  });

  it('gives up a hello that does not come', () => {
    const { clock, status } = setUp({ hello: () => new Promise<Hello>(() => {}), helloTimeout: 700 });
    clock.advance(700);
    expect(status().error?.code).toBe('HELLO_FAILED');
  });

  it('gives up a server that does not welcome in time', () => {
    const { clock, net, status } = setUp();
    clock.advance(499);
    expect(status().phase).toBe('connecting');
    clock.advance(1);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'WELCOME_TIMEOUT' } });
    expect(net.last.closed).toBe(true);
  });

  it('gives up a server that says anything before welcome', () => {
    const { net, status } = setUp();
    net.last.send({ type: 'pong', heads: new Map() });
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'UNEXPECTED_MESSAGE' } });
  });

  it('replays its status and session to whoever comes later, synchronously', () => {
    const { connection, session } = online();
    const seen: unknown[] = [];
    connection.status$.subscribe(({ phase }) => seen.push(phase));
    connection.sessions$.subscribe((current) => seen.push(current === session()));
    expect(seen).toEqual(['online', true]);
  });

  it('waits longer after each failure, then succeeds', () => {
    const net = new Net();
    net.down = new ConnectionError('CONNECT_FAILED', 'down');
    const { clock, status } = setUp({ transport: net.transport });
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      const wait = (status().retryAt as number) - clock.now();
      waits.push(wait);
      clock.advance(wait);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000]);
    expect(status()).toMatchObject({ phase: 'offline', attempt: 11, error: { code: 'CONNECT_FAILED' } });
    net.down = undefined;
    clock.advance(15_000);
    expect(status()).toMatchObject({ phase: 'connecting', attempt: 11 });
  });

  it('begins the backoff anew only after a session that lasted', () => {
    const { clock, net, status } = online();
    net.last.lose();
    expect(status()).toMatchObject({ phase: 'offline', attempt: 1, retryAt: 100 });
    clock.advance(100);
    net.last.welcome();
    clock.advance(500);
    net.last.lose();
    expect(status()).toMatchObject({ attempt: 2, retryAt: 800 });
    clock.advance(200);
    net.last.onMessage = () => net.last.send({ type: 'pong', heads: new Map() });
    net.last.welcome();
    clock.advance(2_000);
    net.last.lose();
    expect(status()).toMatchObject({ attempt: 1, retryAt: 2_900 });
  });

  it('ends the streams of a session before it says that the session is gone', () => {
    const { net, connection, session } = online();
    const seen: string[] = [];
    session()
      .group('todo')
      .subscribe({ complete: () => seen.push('group') });
    session()
      .heads('todo')
      .subscribe({ complete: () => seen.push('heads') });
    connection.sessions$.subscribe((current) => current ?? seen.push('gone'));
    net.last.lose();
    expect(seen).toEqual(['group', 'heads', 'gone']);
  });

  it('takes a socket that merely completes for lost', () => {
    const { net, status } = online();
    net.last.end();
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'CONNECTION_LOST' } });
  });

  it('ends the session on a frame it cannot read, and connects again', () => {
    const { net, clock, status } = online();
    net.last.sendFrame(Uint8Array.of(255));
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'BAD_FRAME' } });
    expect(net.last.closed).toBe(true);
    clock.advance(100);
    net.last.welcome();
    expect(status().phase).toBe('online');
  });

  it('sends nothing into a session that is over', () => {
    const { net, session } = online();
    const old = session();
    net.last.lose();
    old.send({ type: 'ping' });
    expect(net.last.received).toEqual([hello]);
    expect(old.buffered()).toBe(0);
    const seen: string[] = [];
    old.group('todo').subscribe({ complete: () => seen.push('over') });
    expect(seen).toEqual(['over']);
  });
});

describe('dispatch', () => {
  it('hands each message to its own group, in order and at once', () => {
    const { net, session } = online();
    const a: GroupMessage[] = [];
    const b: GroupMessage[] = [];
    session()
      .group('a')
      .subscribe((message) => a.push(message));
    session()
      .group('b')
      .subscribe((message) => b.push(message));
    net.last.send(commits('a', 1));
    net.last.send(commits('b', 1));
    net.last.send(commits('a', 2));
    net.last.send(commits('nobody', 1));
    expect(a).toEqual([commits('a', 1), commits('a', 2)]);
    expect(b).toEqual([commits('b', 1)]);
  });

  it('hands an error that speaks of a group to that group, and keeps the session', () => {
    const { net, session, status } = online();
    const heard: GroupMessage[] = [];
    session()
      .group('a')
      .subscribe((message) => heard.push(message));
    net.last.send({ type: 'error', code: 'FORBIDDEN', message: 'no', retryable: false, group: 'a' });
    expect(heard).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(status().phase).toBe('online');
  });

  it('goes on for the other groups when one throws', () => {
    const reported: unknown[] = [];
    const { net, session, status } = online();
    const heard: GroupMessage[] = [];
    session()
      .group('a')
      .subscribe({
        next: (message) => {
          if (message.type === 'commits' && message.to === 1) throw new Error('a bug of the app');
          heard.push(message);
        },
      });
    session()
      .group('b')
      .subscribe((message) => heard.push(message));
    onUnhandled(reported, () => net.last.send(commits('a', 1)));
    net.last.send(commits('b', 1));
    net.last.send(commits('a', 2));
    expect(heard).toEqual([commits('b', 1), commits('a', 2)]);
    expect(status().phase).toBe('online');
    expect(reported).toMatchObject([{ message: 'a bug of the app' }]);
  });

  it('tells the heads of the last pong, also to whoever comes later', () => {
    const { net, session } = online();
    const early: number[] = [];
    const late: number[] = [];
    session()
      .heads('a')
      .subscribe((head) => early.push(head));
    net.last.send({
      type: 'pong',
      heads: new Map([
        ['a', 7],
        ['b', 1],
      ]),
    });
    session()
      .heads('a')
      .subscribe((head) => late.push(head));
    net.last.send({ type: 'pong', heads: new Map([['a', 8]]) });
    expect(early).toEqual([7, 8]);
    expect(late).toEqual([7, 8]);
  });

  it('tells what the socket holds back', () => {
    const { net, session } = online();
    net.last.bufferedAmount = 42;
    expect(session().buffered()).toBe(42);
  });
});

describe('heartbeat', () => {
  it('pings by the clock and is content with any answer', () => {
    const { net, clock, status } = online();
    net.last.onMessage = (message) => message.type === 'ping' && net.last.send(commits('a', 1));
    clock.advance(10_000);
    expect(net.last.received.filter(({ type }) => type === 'ping')).toHaveLength(10);
    expect(status().phase).toBe('online');
  });

  it('ends a session in which nothing is heard after a ping', () => {
    const { net, clock, status } = online();
    clock.advance(1_299);
    expect(status().phase).toBe('online');
    clock.advance(1);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'HEARTBEAT_TIMEOUT' } });
    expect(net.last.closed).toBe(true);
  });

  it('is asked for out of turn by reconnectNow', () => {
    const { net, clock, connection, status } = online();
    connection.reconnectNow();
    expect(net.last.received.at(-1)).toEqual({ type: 'ping' });
    clock.advance(99);
    expect(status().phase).toBe('online');
    clock.advance(1);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'HEARTBEAT_TIMEOUT' } });
  });

  it('does not let a ping that is out already hold up one that is asked for', () => {
    const { clock, connection, status } = online();
    clock.advance(1_050);
    connection.reconnectNow();
    clock.advance(100);
    expect(status().error?.code).toBe('HEARTBEAT_TIMEOUT');
  });

  it('pings anew after a sleep in which no answer could be heard', () => {
    const { net, clock, status } = online();
    clock.advance(1_000);
    clock.sleep(3_600_000);
    clock.advance(300);
    expect(status().phase).toBe('online');
    expect(net.last.received.filter(({ type }) => type === 'ping')).toHaveLength(2);
    net.last.send({ type: 'pong', heads: new Map() });
    clock.advance(300);
    expect(status().phase).toBe('online');
  });

  it('gives up a server that is silent after a sleep too, however late its timers are', () => {
    const { clock, status } = online();
    clock.advance(1_000);
    clock.sleep(60_000);
    clock.advance(300);
    clock.sleep(60_000);
    clock.advance(299);
    expect(status().phase).toBe('online');
    clock.advance(1);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'HEARTBEAT_TIMEOUT' } });
  });
});

describe('errors of the server', () => {
  it('that can be retried are, after the time it asks for', () => {
    const { net, clock, status } = online();
    net.last.send({ type: 'error', code: 'BUSY', message: 'later', retryable: true, retryAfter: 5_000 });
    expect(status()).toMatchObject({
      phase: 'offline',
      retryAt: 5_100,
      error: { code: 'BUSY', retryAfter: 5_000 },
    });
    clock.advance(5_099);
    expect(net.sockets).toHaveLength(1);
    clock.advance(1);
    expect(net.sockets).toHaveLength(2);
  });

  it.each(['UNAUTHENTICATED', 'UNSUPPORTED_VERSION', 'UPGRADE_REQUIRED'])(
    '%s is not retried until resumed',
    (code) => {
      const { net, clock, connection, status } = setUp();
      net.last.send({ type: 'error', code, message: 'no', retryable: false });
      expect(status()).toMatchObject({ phase: 'refused', error: { code } });
      expect(net.last.closed).toBe(true);
      connection.reconnectNow();
      clock.advance(1_000_000);
      expect(net.sockets).toHaveLength(1);
      connection.resume();
      net.last.welcome();
      expect(net.sockets).toHaveLength(2);
      expect(status().phase).toBe('online');
    },
  );
});

describe('the caller', () => {
  it('pauses and resumes', () => {
    const { net, clock, connection, statuses, sessions } = online();
    connection.pause();
    expect(net.last.closed).toBe(true);
    expect(sessions.at(-1)).toBeUndefined();
    clock.advance(1_000_000);
    expect(net.sockets).toHaveLength(1);
    connection.resume();
    net.last.welcome();
    expect(phases(statuses)).toBe('connecting online paused connecting online');
  });

  it('may begin with a pause', () => {
    const { net, connection, status } = setUp({ paused: true });
    expect(net.sockets).toHaveLength(0);
    expect(status()).toEqual({ phase: 'paused', attempt: 0 });
    connection.resume();
    expect(net.sockets).toHaveLength(1);
  });

  it('ends a wait with reconnectNow, and begins only one attempt', () => {
    const { net, clock, connection } = online();
    net.last.lose();
    connection.reconnectNow();
    connection.reconnectNow();
    expect(net.sockets).toHaveLength(2);
    clock.advance(400);
    expect(net.sockets).toHaveLength(2);
  });

  it('cannot hurry a server that asked for time by a hint, but by resume', () => {
    const { net, connection, status } = online();
    net.last.send({ type: 'error', code: 'BUSY', message: 'later', retryable: true, retryAfter: 5_000 });
    connection.reconnectNow();
    expect(status()).toMatchObject({ phase: 'offline', retryAt: 5_100 });
    connection.resume();
    expect(net.sockets).toHaveLength(2);
  });

  it('closes for good', () => {
    const { net, clock, connection } = online();
    const seen: string[] = [];
    connection.sessions$.subscribe({ complete: () => seen.push('sessions') });
    connection.status$.subscribe({ complete: () => seen.push('status') });
    connection.close();
    connection.resume();
    connection.reconnectNow();
    clock.advance(1_000_000);
    expect(seen).toEqual(['sessions', 'status']);
    expect(net.last.closed).toBe(true);
    expect(net.sockets).toHaveLength(1);
    const late: unknown[] = [];
    connection.status$.subscribe({
      next: ({ phase }) => late.push(phase),
      complete: () => late.push('done'),
    });
    expect(late).toEqual(['closed', 'done']);
  });

  it('may act from within a notification; everyone sees the states in order', () => {
    const net = new Net();
    const clock = new Clock();
    const connection: Connection = openConnection({
      url: 'ws://server',
      transport: net.transport,
      hello: () => hello,
      scheduler: clock,
      random: () => 0,
    });
    connection.status$.subscribe(({ phase }) => phase === 'online' && connection.pause());
    const seen: string[] = [];
    connection.status$.subscribe(({ phase }) => seen.push(phase));
    net.last.welcome();
    expect(seen).toEqual(['connecting', 'online', 'paused']);
    expect(net.last.closed).toBe(true);
  });

  it('leaves nothing scheduled behind after close', () => {
    const { clock, connection } = online();
    connection.close();
    expect(clock.actions).toHaveLength(0);
  });
});

/** Runs `act` and collects what RxJS reports as thrown by a subscriber, which it does from a timer. */
const onUnhandled = (into: unknown[], act: () => void): void => {
  jest.useFakeTimers();
  try {
    act();
    jest.runAllTimers();
  } catch (error) {
    into.push(error);
  } finally {
    jest.useRealTimers();
  }
};
