import type { CommitBus } from '../bus/commit-bus';
import { RedisCommitBus } from '../bus/redis-commit-bus';
import { badOption } from './bad-option';

interface BusOptions {
  readonly bus?: object | undefined;
  readonly store?: object | undefined;
}

/** The bus, where one was asked for. Throws `BAD_OPTION`. */
export function resolveBus({ bus, store }: BusOptions, database: string): CommitBus | undefined {
  if (bus === undefined) return undefined;
  if (store === undefined && database !== 'postgres') {
    throw badOption(
      'bus',
      'beside an SQLite file',
      'a bus is between gateways, and one file has one gateway',
      'leave it out, or keep the data in PostgreSQL',
    );
  }
  if (isBus(bus)) return bus;
  const { type, url } = bus as { readonly type?: unknown; readonly url?: unknown };
  if (type === 'redis' && typeof url === 'string' && /^rediss?:\/\//.test(url))
    return new RedisCommitBus({ url });
  throw badOption(
    'bus',
    bus,
    'it is { type: "redis", url }, or has open, publish, follow and close',
    'write it like { type: "redis", url: "redis://localhost:6379" }',
  );
}

const isBus = (bus: object): bus is CommitBus =>
  ['open', 'publish', 'follow', 'unfollow', 'close'].every(
    (name) => typeof (bus as Record<string, unknown>)[name] === 'function',
  );
