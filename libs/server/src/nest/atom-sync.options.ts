import type { InjectionToken } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { CommitBus } from '../bus/commit-bus';
import type { SyncAuth } from '../auth/sync-auth';
import { originCheck, type Origins } from '../origins';
import type { Retention } from '../retention/retention';
import type { CommitStore } from '../store/commit-store';
import type { PostgresDatabaseOptions } from '../store/typeorm/postgres-pool';
import type { SqliteDatabaseOptions } from '../store/typeorm/sqlite-data-source';
import { badOption } from './bad-option';
import { resolveBus } from './resolve-bus';
import { resolveLimits, type AllLimits } from './resolve-limits';
import { resolveRetention } from './resolve-retention';
import { resolveHttp, type AtomSyncHttpOptions, type ResolvedHttpOptions } from './http-options';

/** What `AtomSyncModule.forRoot` takes. Everything has a default. */
export interface AtomSyncModuleOptions {
  /** Where the data is. Default: the SQLite file `atomsync.db` in the working directory. */
  readonly database?: SqliteDatabaseOptions | PostgresDatabaseOptions;
  /**
   * How several gateways on one PostgreSQL database tell each other of commits: over Redis, or a bus of one's own. Without
   * it they find them in the database, about a second later.
   */
  readonly bus?: { readonly type: 'redis'; readonly url: string } | CommitBus;
  /** A store of one's own, in place of `database`. */
  readonly store?: CommitStore;
  /** Path of the WebSocket endpoint, and of the same over HTTP. Default `/sync`. */
  readonly path?: string;
  /** Who may do what: an instance, or a provider of the app's. Default: everyone everything. */
  readonly auth?: SyncAuth | { readonly useExisting: InjectionToken<SyncAuth> };
  /**
   * Pages of which origins may connect, as in `['https://app.example.com']`; `'*'` for all. Default: pages of the server's
   * own host, and pages of this machine where the server is reached on this machine. What is no browser says no
   * origin, and is always let in.
   */
  readonly origins?: Origins;
  /** The address that connections are counted by; the socket's by default. Behind a proxy, what that one says of it. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** Bounds on what clients may send and take up; those not named keep their defaults. */
  readonly limits?: Partial<AllLimits>;
  /** Milliseconds between two looks whether sockets are alive. Default 30,000. */
  readonly heartbeat?: number;
  /**
   * How long deletions and ended lines are remembered, and how often is looked, in milliseconds; `false`: for ever.
   * Default: 30 days each, every hour.
   */
  readonly retention?: Partial<Retention> | false;
  /** What is served over HTTP; `false` for nothing. Default: the sync path, and hints to pull beside it. */
  readonly http?: AtomSyncHttpOptions | false;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly database: SqliteDatabaseOptions | PostgresDatabaseOptions;
  readonly bus: CommitBus | undefined;
  readonly store: CommitStore | undefined;
  readonly path: string;
  readonly auth: AtomSyncModuleOptions['auth'];
  readonly mayConnect: ReturnType<typeof originCheck>;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limits: AllLimits;
  readonly heartbeat: number;
  readonly retention: Retention | undefined;
  readonly http: ResolvedHttpOptions | undefined;
}

/** Makes the options; for `forRootAsync` with `useClass` or `useExisting`. */
export interface AtomSyncOptionsFactory {
  createAtomSyncOptions(): AtomSyncModuleOptions | Promise<AtomSyncModuleOptions>;
}

/** All names there are; TypeScript sees to it that none is missing. */
const NAMES: Readonly<Record<keyof AtomSyncModuleOptions, true>> = {
  ...{ database: true, store: true, path: true, auth: true, limits: true, heartbeat: true, http: true },
  ...{ origins: true, addressOf: true, retention: true, bus: true },
};

/** Fills in the defaults. Throws `BAD_OPTION`, naming the option, its value, the rule and the remedy. */
export function resolveOptions(options: AtomSyncModuleOptions): ResolvedOptions {
  if (!isObject(options)) {
    throw badOption(
      'what forRoot or the factory gave',
      options,
      'options are an object',
      'return one, {} for none',
    );
  }
  const stray = Object.keys(options).find((name) => !(name in NAMES));
  if (stray !== undefined) {
    const rule = `the options are ${Object.keys(NAMES).join(', ')}`;
    throw badOption(
      stray,
      (options as Record<string, unknown>)[stray],
      rule,
      'correct the name or leave it out',
    );
  }
  const {
    database = { type: 'better-sqlite3', database: 'atomsync.db' },
    path = '/sync',
    heartbeat = 30_000,
  } = options;
  if (options.database !== undefined && options.store !== undefined) {
    throw badOption(
      'database',
      'together with store',
      'the data is in one place',
      'leave one of the two out',
    );
  }
  if (!isObject(database)) {
    throw badOption(
      'database',
      database,
      'it is { type, database }',
      'name the file like { type: "better-sqlite3", database: "my-data.db" }',
    );
  }
  if (database.type !== 'better-sqlite3' && database.type !== 'postgres') {
    throw badOption(
      'database.type',
      (database as { readonly type: unknown }).type,
      'it is "better-sqlite3" or "postgres"',
      'use one of them, or give a store of your own',
    );
  }
  if (
    database.type === 'postgres' &&
    !(typeof database.url === 'string' && /^postgres(ql)?:\/\//.test(database.url))
  ) {
    throw badOption(
      'database.url',
      database.url,
      'it is the address of a PostgreSQL database',
      'write it like "postgres://user:password@host:5432/database"',
    );
  }
  if (
    database.type === 'better-sqlite3' &&
    (typeof database.database !== 'string' || database.database === '')
  ) {
    throw badOption(
      'database.database',
      database.database,
      'it is the path of a file',
      'name one, or ":memory:"',
    );
  }
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw badOption('path', path, 'it begins with a slash and has no query', 'write it like "/sync"');
  }
  if (!Number.isFinite(heartbeat) || heartbeat < 1000) {
    throw badOption('heartbeat', heartbeat, 'it is at least 1000 milliseconds', 'leave it out for 30,000');
  }
  if (options.limits !== undefined && !isObject(options.limits)) {
    throw badOption(
      'limits',
      options.limits,
      'they are an object',
      'name those you want to change like { maxDoc: 100_000 }',
    );
  }
  const limits = resolveLimits(options.limits);
  if (options.store !== undefined && !isStore(options.store)) {
    throw badOption(
      'store',
      options.store,
      'it has open, read, write and close',
      'give a CommitStore, or leave it out',
    );
  }
  if (
    options.auth !== undefined &&
    !(isObject(options.auth) && 'useExisting' in options.auth) &&
    !isAuth(options.auth)
  ) {
    throw badOption(
      'auth',
      options.auth,
      'it has authenticate and authorize',
      'give a SyncAuth, or { useExisting: Token }',
    );
  }
  const http = options.http === false ? undefined : resolveHttp(options.http ?? {}, path, badOption);
  const { origins, store, auth, addressOf = socketAddress } = options;
  if (origins !== undefined && origins !== '*' && !Array.isArray(origins)) {
    throw badOption('origins', origins, 'it is a list, or "*"', 'write it like ["https://app.example.com"]');
  }
  const mayConnect = originCheck(origins);
  const retention = resolveRetention(options.retention);
  const bus = resolveBus(options, database.type);
  return { database, bus, store, path, auth, mayConnect, addressOf, limits, heartbeat, retention, http };
}

const socketAddress = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';

/** Whether a value found in the app's container is a `SyncAuth`. */
export const isAuth = (value: unknown): value is SyncAuth =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as SyncAuth).authenticate === 'function' &&
  typeof (value as SyncAuth).authorize === 'function';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isStore = (value: unknown): boolean =>
  isObject(value) &&
  ['open', 'read', 'write', 'close'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'function',
  );
