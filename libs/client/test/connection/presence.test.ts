import type { ConnectionOptions } from '../../src/connection/connection';
import { ConnectionError } from '../../src/connection/connection-error';
import { online, phases, setUp } from './stage';
import { Net, Says } from './virtual-link';

const unreachable = new ConnectionError('CONNECT_FAILED', 'no route');

const present = (options: Partial<ConnectionOptions> = {}) => {
  const presence = new Says();
  return { presence, ...online({ presence, ...options }) };
};

/** Offline, the session lost. */
const away = () => {
  const all = present();
  all.presence.say('offline');
  all.clock.advance(100);
  return all;
};

const pings = ({ net }: { readonly net: Net }): number =>
  net.last.received.filter(({ type }) => type === 'ping').length;

describe('a platform that says offline', () => {
  it('is believed at once, and the session pinged', () => {
    const { presence, status, session, sessions, ...stage } = present();
    const before = session();
    presence.say('offline');
    expect(status()).toMatchObject({ phase: 'offline', attempt: 0, error: { code: 'OFFLINE' } });
    expect(status().retryAt).toBeUndefined();
    expect(pings(stage)).toBe(1);
    expect(sessions.at(-1)).toBe(before);
  });

  it('is not believed any longer when the session answers', () => {
    const { presence, net, clock, statuses, sessions } = present();
    net.last.onMessage = () => net.last.send({ type: 'pong', heads: new Map() });
    presence.say('offline');
    clock.advance(10_000);
    expect(phases(statuses)).toBe('connecting online offline online');
    expect(sessions).toHaveLength(2);
    expect(net.sockets).toHaveLength(1);
  });

  it('costs a session that does not answer within the short time of a probe', () => {
    const { presence, net, clock, sessions, status } = present();
    presence.say('offline');
    clock.advance(99);
    expect(sessions.at(-1)).toBeDefined();
    clock.advance(1);
    expect(sessions.at(-1)).toBeUndefined();
    expect(net.last.closed).toBe(true);
    expect(status()).toMatchObject({ phase: 'offline', attempt: 1, error: { code: 'HEARTBEAT_TIMEOUT' } });
  });

  it('leaves only attempts at the slow end, because it may be wrong', () => {
    const { net, clock, status } = away();
    expect(status().retryAt).toBe(100 + 22_500);
    clock.advance(22_499);
    expect(net.sockets).toHaveLength(1);
    clock.advance(1);
    expect(net.sockets).toHaveLength(2);
    net.last.welcome();
    expect(status().phase).toBe('online');
    net.last.lose();
    expect(status()).toMatchObject({ phase: 'offline', retryAt: 22_600 + 22_500 });
  });

  it('ends an attempt that is under way, at no cost', () => {
    const presence = new Says();
    const { net, status } = setUp({ presence });
    presence.say('offline');
    expect(net.last.closed).toBe(true);
    expect(status()).toMatchObject({
      phase: 'offline',
      attempt: 0,
      retryAt: 22_500,
      error: { code: 'OFFLINE' },
    });
  });

  it('puts off an attempt that is due soon', () => {
    const { presence, net, clock, status } = present();
    net.last.lose();
    expect(status().retryAt).toBe(100);
    presence.say('offline');
    expect(status()).toMatchObject({ attempt: 1, retryAt: 22_500, error: { code: 'OFFLINE' } });
    clock.advance(22_499);
    expect(net.sockets).toHaveLength(1);
    clock.advance(1);
    expect(net.sockets).toHaveLength(2);
  });

  it('does not keep the first attempt from being made', () => {
    const { net, status } = setUp({ presence: new Says(false) });
    net.last.welcome();
    expect(status().phase).toBe('online');
  });
});

describe('a platform that says online', () => {
  it('ends the wait within the jitter of a first attempt, and the failures are forgotten', () => {
    const { presence, net, clock, status } = away();
    presence.say('online');
    expect(status()).toMatchObject({ phase: 'offline', attempt: 0, retryAt: 200 });
    clock.advance(100);
    expect(net.sockets).toHaveLength(2);
    net.last.lose();
    expect(status()).toMatchObject({ attempt: 1, retryAt: 300 });
  });

  it('spreads a thousand clients that come back together', () => {
    const starts = Array.from({ length: 1_000 }, (_, i) => {
      const presence = new Says();
      const { clock, status } = setUp({ presence, random: () => i / 1_000 });
      presence.say('offline');
      clock.advance(1_000);
      presence.say('online');
      return (status().retryAt as number) - clock.now();
    });
    expect(Math.max(...starts)).toBeLessThan(200);
    const inOneMillisecond = starts.map((start) => starts.filter((other) => other === start).length);
    expect(Math.max(...inOneMillisecond)).toBeLessThan(10);
  });

  it('never puts off an attempt that is due sooner', () => {
    const random = [0.1, 0.9];
    const { presence, net, status } = present({ random: () => random.shift() as number });
    net.last.lose();
    presence.say('online');
    expect(status().retryAt).toBe(20);
  });

  it('finds a half-open socket quickly', () => {
    const { presence, net, clock, status } = present();
    presence.say('online');
    expect(net.last.received.at(-1)).toEqual({ type: 'ping' });
    clock.advance(100);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'HEARTBEAT_TIMEOUT' } });
  });

  it('lets an attempt that is under way go on as a first one', () => {
    const net = new Net();
    net.down = unreachable;
    const presence = new Says();
    const { clock, status } = setUp({ presence, transport: net.transport });
    clock.advance(100);
    net.down = undefined;
    clock.advance(200);
    expect(status()).toMatchObject({ phase: 'connecting', attempt: 2 });
    presence.say('online');
    expect(status()).toMatchObject({ phase: 'connecting', attempt: 0 });
    expect(net.sockets).toHaveLength(1);
  });

  it('does not hurry a server that asked for time', () => {
    const { presence, net, status } = present();
    net.last.send({ type: 'error', code: 'BUSY', message: 'later', retryable: true, retryAfter: 5_000 });
    for (const signal of ['online', 'awake', 'offline', 'frozen', 'awake'] as const) presence.say(signal);
    expect(status()).toMatchObject({ phase: 'offline', retryAt: 5_100, error: { code: 'BUSY' } });
  });
});

describe('a user who comes back', () => {
  it('is connected at once, and the failures are forgotten', () => {
    const { presence, net, status } = away();
    presence.say('awake');
    expect(net.sockets).toHaveLength(2);
    expect(status()).toMatchObject({ phase: 'connecting', attempt: 0 });
  });

  it('finds a half-open socket quickly, and keeps one that answers', () => {
    const { presence, net, clock, status } = present();
    net.last.onMessage = () => net.last.send({ type: 'pong', heads: new Map() });
    presence.say('awake');
    clock.advance(100);
    expect(status().phase).toBe('online');
    net.last.onMessage = () => {};
    presence.say('awake');
    clock.advance(100);
    expect(status()).toMatchObject({ phase: 'offline', error: { code: 'HEARTBEAT_TIMEOUT' } });
  });
});

describe('a program that is frozen', () => {
  it('keeps no socket, and has one again as soon as it goes on', () => {
    const { presence, net, clock, statuses, status, sessions } = present();
    presence.say('frozen');
    expect(net.last.closed).toBe(true);
    expect(sessions.at(-1)).toBeUndefined();
    expect(status()).toMatchObject({ phase: 'offline', attempt: 0, error: { code: 'FROZEN' } });
    clock.sleep(3_600_000);
    presence.say('awake');
    net.last.welcome();
    expect(net.sockets).toHaveLength(2);
    expect(phases(statuses)).toBe('connecting online offline connecting online');
  });

  it('is not lost when nobody says that it goes on', () => {
    const { presence, net, clock } = present();
    presence.say('frozen');
    clock.advance(22_499);
    expect(net.sockets).toHaveLength(1);
    clock.advance(1);
    expect(net.sockets).toHaveLength(2);
  });
});

describe('the word of the platform', () => {
  it.each(['online', 'offline', 'awake', 'frozen'] as const)('%s leaves a pause alone', (signal) => {
    const { presence, connection, net, clock, status } = present();
    connection.pause();
    presence.say(signal);
    clock.advance(1_000_000);
    expect(status()).toEqual({ phase: 'paused', attempt: 0 });
    expect(net.sockets).toHaveLength(1);
  });

  it('is not listened to after close', () => {
    const { presence, connection } = present();
    expect(presence.signals$.observed).toBe(true);
    connection.close();
    expect(presence.signals$.observed).toBe(false);
  });
});
