import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ServerAtom } from '../atoms/server-atom';
import { OpenAuth } from '../auth/open-auth';
import type { SyncAuth } from '../auth/sync-auth';
import { AtomSyncServerError } from '../errors';
import { Features } from '../features';
import type { BusState } from '../gateways/neighbours';
import { Prometheus } from '../http/prometheus';
import { SyncHub } from '../hub';
import { backupDatabase, type BackupOptions } from '../operations/backup-database';
import type { Purged } from '../retention/purged';
import type { CommitStore } from '../store/commit-store';
import { PostgresCommitStore } from '../store/typeorm/postgres-commit-store';
import { TypeOrmCommitStore } from '../store/typeorm/typeorm-commit-store';
import { ATOM_SYNC_OPTIONS } from './atom-sync.module-definition';
import { SyncLogger } from './sync-logger';
import {
  isAuth,
  resolveOptions,
  type AtomSyncModuleOptions,
  type ResolvedOptions,
} from './atom-sync.options';

/** How the server is, for health endpoints. */
export interface AtomSyncStatus {
  readonly status: 'ok' | 'closed';
  /** Id of this life of the data; a new one each start. */
  readonly epoch: string;
  readonly connections: number;
  /**
   * How commits of other gateways come here, where there may be any: `ok`, at once; `down`, and `none` where no bus is
   * configured, by looking into the database, about a second later.
   */
  readonly bus?: BusState;
}

/** The module's hub, opened with the app and closed with it. */
@Injectable()
export class AtomSyncService implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly options: ResolvedOptions;
  /** Schemas and named swaps by group; see `AtomSyncModule.forFeature`. */
  readonly features = new Features();
  /** Counts for Prometheus; see the option `http.metrics`. */
  readonly prometheus: Prometheus | undefined;
  /** @internal */
  readonly logger = new SyncLogger();
  readonly #modules: ModuleRef;
  #hub: SyncHub | undefined;
  #closed = false;

  constructor(
    @Inject(ATOM_SYNC_OPTIONS) options: AtomSyncModuleOptions,
    @Inject(ModuleRef) modules: ModuleRef,
  ) {
    this.options = resolveOptions(options);
    this.#modules = modules;
    if (this.options.http?.metrics !== undefined) {
      this.prometheus = new Prometheus(() => this.#hub?.connections ?? 0);
    }
  }

  /** Throws `HUB_CLOSED` before the app is initialized. */
  get hub(): SyncHub {
    if (this.#hub === undefined) {
      throw new AtomSyncServerError(
        'HUB_CLOSED',
        'The hub opens when the app is initialized; await app.init() or listen().',
      );
    }
    return this.#hub;
  }

  /**
   * The docs of a group, to be read and written by the app itself; for groups that are made as users go. Those that are
   * known beforehand can be injected: see `InjectAtom`. It can be made at any time, and used once the app is initialized.
   *
   * @throws ProtocolError `INVALID_GROUP`
   */
  atom<D>(group: string): ServerAtom<D> {
    return new ServerAtom<D>(group, () => this.hub.host);
  }

  status(): AtomSyncStatus {
    const { epoch, connections, bus } = this.hub;
    const status = this.#closed ? 'closed' : 'ok';
    return { status, epoch: epoch.id, connections, ...(bus !== undefined && { bus }) };
  }

  /**
   * The rights of a principal have changed, or its token was withdrawn: its open connections are looked at again
   * at once. What it may not read any more it is told to forget, and what it may read now it gets.
   */
  refresh(principalId: string): void {
    this.hub.refresh(principalId);
  }

  /**
   * Removes what is remembered of docs that were deleted at least `olderThan` milliseconds ago, of one group or of all;
   * `retention` does so by itself. Returns what went of each group of which something went.
   */
  purge(request: { readonly group?: string; readonly olderThan: number }): Promise<readonly Purged[]> {
    return this.hub.purgeOld(request);
  }

  /**
   * Backs the database up into a new file, as it is at this moment, while the app goes on; see `backupDatabase`.
   *
   * @throws AtomSyncServerError `NO_SUCH_DATABASE` where the data is in memory or in a store of the app's own,
   * `FILE_EXISTS`, `DATABASE_UNUSABLE`
   */
  async backup(to: string, options?: BackupOptions): Promise<void> {
    const { store, database } = this.options;
    if (database.type === 'postgres' && store === undefined) {
      const text =
        'The data is in PostgreSQL, which has its own ways: use pg_dump, or a backup of the server.';
      throw new AtomSyncServerError('NO_SUCH_DATABASE', text);
    }
    if (store !== undefined || database.type === 'postgres' || database.database === ':memory:') {
      throw new AtomSyncServerError(
        'NO_SUCH_DATABASE',
        `The data is in ${store === undefined ? 'memory' : "a store of the app's own"}, and no file could be backed up. Name a file in the option database.`,
      );
    }
    await backupDatabase(database.database, to, options);
  }

  async onModuleInit(): Promise<void> {
    const { store, database, bus, limits, retention } = this.options;
    const { maxFrame, maxDoc, maxKey, maxDepth, maxChanges, maxMutations, ...serverLimits } = limits;
    const opened = store ?? storeOf(database);
    this.#hub = await SyncHub.open({
      store: this.prometheus?.timed(opened) ?? opened,
      meter: this.prometheus,
      bus,
      ...serverLimits,
      auth: this.#auth(),
      limits: { maxFrame, maxDoc, maxKey, maxDepth, maxChanges, maxMutations },
      features: this.features,
      retention,
      log: this.logger.event,
      onFault: this.logger.fault,
    });
  }

  /** Before the HTTP server waits for its sockets: they are among those closed here. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await this.#hub?.drain();
  }

  /** When the HTTP server has ended its requests, which may read until then. */
  async onApplicationShutdown(): Promise<void> {
    await this.#hub?.close();
  }

  #auth(): SyncAuth {
    const { auth } = this.options;
    if (auth === undefined) return new OpenAuth();
    if (!('useExisting' in auth)) return auth;
    const found: unknown = this.#modules.get(auth.useExisting, { strict: false });
    if (isAuth(found)) return found;
    throw new AtomSyncServerError(
      'BAD_OPTION',
      `AtomSyncModule: auth.useExisting names ${String(auth.useExisting)}, which has no authenticate and authorize. Let it implement SyncAuth.`,
    );
  }
}

const storeOf = (database: ResolvedOptions['database']): CommitStore =>
  database.type === 'postgres' ? new PostgresCommitStore(database) : new TypeOrmCommitStore(database);
