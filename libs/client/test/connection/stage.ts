import type { Hello } from '@atomsync/protocol';
import { openConnection, type ConnectionOptions } from '../../src/connection/connection';
import type { ConnectionStatus } from '../../src/connection/connection-status';
import type { Session } from '../../src/connection/session';
import { Clock, Net } from './virtual-link';

export const hello: Hello = { type: 'hello', clientId: 'c1' };

/** A connection in virtual time, with what it says. */
export const setUp = (options: Partial<ConnectionOptions> = {}) => {
  const net = new Net();
  const clock = new Clock();
  const connection = openConnection({
    url: 'ws://server/sync',
    transport: net.transport,
    hello: () => hello,
    scheduler: clock,
    random: () => 0.5,
    heartbeat: { interval: 1_000, timeout: 300, probeTimeout: 100 },
    welcomeTimeout: 500,
    stableAfter: 2_000,
    ...options,
  });
  const statuses: ConnectionStatus[] = [];
  connection.status$.subscribe((status) => statuses.push(status));
  const sessions: (Session | undefined)[] = [];
  connection.sessions$.subscribe((session) => sessions.push(session));
  const status = (): ConnectionStatus => statuses.at(-1) as ConnectionStatus;
  const session = (): Session => sessions.at(-1) as Session;
  return { net, clock, connection, statuses, sessions, status, session };
};

/** The same, welcomed. */
export const online = (options: Partial<ConnectionOptions> = {}) => {
  const all = setUp(options);
  all.net.last.welcome();
  return all;
};

export const phases = (statuses: readonly ConnectionStatus[]): string =>
  statuses.map(({ phase }) => phase).join(' ');
