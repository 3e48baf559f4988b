import { DEFAULT_LIMITS, type Limits } from '@atomsync/protocol';
import type { InjectionToken } from '@nestjs/common';
import type { SyncAuth } from '../auth/sync-auth';
import { AtomSyncServerError } from '../errors';
import type { CommitStore } from '../store/commit-store';
import type { SqliteDatabaseOptions } from '../store/typeorm/sqlite-data-source';
import { resolveHttp, type AtomSyncHttpOptions, type ResolvedHttpOptions } from './http-options';

/** What `AtomSyncModule.forRoot` takes. Everything has a default. */
export interface AtomSyncModuleOptions {
  /** Where the data is. Default: the SQLite file `atomsync.db` in the working directory. */
  readonly database?: SqliteDatabaseOptions;
  /** A store of one's own, in place of `database`. */
  readonly store?: CommitStore;
  /** Path of the WebSocket endpoint, and of the same over HTTP. Default `/sync`. */
  readonly path?: string;
  /** Who may do what: an instance, or a provider of the app's. Default: everyone everything. */
  readonly auth?: SyncAuth | { readonly useExisting: InjectionToken<SyncAuth> };
  /** Bounds on what clients may send; those not named keep their defaults. */
  readonly limits?: Partial<Limits>;
  /** Milliseconds between two looks whether sockets are alive. Default 30,000. */
  readonly heartbeat?: number;
  /** What is served over HTTP; `false` for nothing. Default: the sync path, and hints to pull beside it. */
  readonly http?: AtomSyncHttpOptions | false;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly database: SqliteDatabaseOptions;
  readonly store: CommitStore | undefined;
  readonly path: string;
  readonly auth: AtomSyncModuleOptions['auth'];
  readonly limits: Limits;
  readonly heartbeat: number;
  readonly http: ResolvedHttpOptions | undefined;
}

/** Fills in the defaults. Throws `BAD_OPTION`, naming the option, its value, the rule and the remedy. */
export function resolveOptions(options: AtomSyncModuleOptions = {}): ResolvedOptions {
  const {
    database = { type: 'better-sqlite3', database: 'atomsync.db' },
    path = '/sync',
    heartbeat = 30_000,
  } = options;
  if (options.database !== undefined && options.store !== undefined) {
    throw bad('database', 'together with store', 'the data is in one place', 'leave one of the two out');
  }
  if (database.type !== 'better-sqlite3') {
    throw bad(
      'database.type',
      database.type,
      'it is "better-sqlite3"',
      'use that, or give a store of your own',
    );
  }
  if (typeof database.database !== 'string' || database.database === '') {
    throw bad('database.database', database.database, 'it is the path of a file', 'name one, or ":memory:"');
  }
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw bad('path', path, 'it begins with a slash and has no query', 'write it like "/sync"');
  }
  if (!Number.isFinite(heartbeat) || heartbeat < 1000) {
    throw bad('heartbeat', heartbeat, 'it is at least 1000 milliseconds', 'leave it out for 30,000');
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  for (const [name, limit] of Object.entries(limits)) {
    if (!(name in DEFAULT_LIMITS)) {
      throw bad(
        `limits.${name}`,
        limit,
        `the limits are ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
        'leave it out',
      );
    }
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw bad(`limits.${name}`, limit, 'it is a whole number above 0', 'leave it out for the default');
    }
  }
  if (options.auth !== undefined && !('useExisting' in options.auth) && !isAuth(options.auth)) {
    throw bad(
      'auth',
      options.auth,
      'it has authenticate and authorize',
      'give a SyncAuth, or { useExisting: Token }',
    );
  }
  const http = options.http === false ? undefined : resolveHttp(options.http ?? {}, path, bad);
  return { database, store: options.store, path, auth: options.auth, limits, heartbeat, http };
}

/** Whether a value found in the app's container is a `SyncAuth`. */
export const isAuth = (value: unknown): value is SyncAuth =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as SyncAuth).authenticate === 'function' &&
  typeof (value as SyncAuth).authorize === 'function';

function bad(option: string, value: unknown, rule: string, remedy: string): AtomSyncServerError {
  return new AtomSyncServerError(
    'BAD_OPTION',
    `AtomSyncModule: ${option} is ${show(value)}; ${rule}. Please ${remedy}.`,
  );
}

const show = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
