/**
 * The NestJS module: gateway, commits, stores, rights and server-side atoms.
 *
 * @module @atomsync/server
 */

export { AtomSyncServerError, type ServerErrorCode } from './errors';
export type { Link } from './link';
export { SyncHub } from './hub';
export type { HubConfig, HubOptions } from './hub-options';
export type { ServerLimits } from './server-limits';
export type { Origins } from './origins';
export { Features, type GroupFeature, type MigrationStep, type ServerSwap } from './features';
export type { Answer } from './auth/answer';
export type { AuthorizeRequest, Credentials, Principal, SyncAuth } from './auth/sync-auth';
export { OpenAuth } from './auth/open-auth';
export type { Grant } from './auth/grants';
export { JwtAuth, type JwtAuthOptions, type JwtClaims, type JwtPrincipal } from './auth/jwt-auth';
export { StaticUsersAuth, type StaticUsers } from './auth/static-users-auth';
export type {
  BehindRequest,
  CommitStore,
  DocRef,
  DocRow,
  Epoch,
  GroupRow,
  GroupsRequest,
  HorizonRequest,
  LineRef,
  LineRow,
  MarkRow,
  Needs,
  Page,
  PageRequest,
  PlaceRow,
  RangeRequest,
  Position,
  Rows,
  SharedData,
  StoreReader,
  StoreWriter,
  Writes,
} from './store/commit-store';
export { afterVersion } from './store/commit-store';
export type { CommitBus } from './bus/commit-bus';
export { RedisCommitBus, type RedisBusOptions } from './bus/redis-commit-bus';
export type { BusState, LookAfter } from './gateways/neighbours';
export { MemoryCommitStore } from './store/memory-commit-store';
export { PostgresCommitStore } from './store/typeorm/postgres-commit-store';
export { TypeOrmCommitStore } from './store/typeorm/typeorm-commit-store';
export type { PostgresDatabaseOptions } from './store/typeorm/postgres-pool';
export type { SqliteDatabaseOptions } from './store/typeorm/sqlite-data-source';
export type { AtomSyncCors, AtomSyncHttpOptions } from './nest/http-options';
export { AtomSyncModule } from './nest/atom-sync.module';
export type { AtomSyncModuleOptions, AtomSyncOptionsFactory } from './nest/atom-sync.options';
export { ATOM_SYNC_OPTIONS } from './nest/atom-sync.module-definition';
export { getAtomToken } from './nest/atom-sync.tokens';
export { InjectAtom } from './nest/inject-atom.decorator';
export { OnCommit, type OnCommitOptions } from './nest/on-commit.decorator';
export { ServerAtom } from './atoms/server-atom';
export { ServerCursor } from './atoms/server-cursor';
export type { Commit, CommittedDoc } from './atoms/commit';
export type { CommitHandler } from './atoms/commit-handler';
export type { AllLimits } from './nest/resolve-limits';
export { backupDatabase, type BackupOptions } from './operations/backup-database';
export type { CopyProgress } from './operations/copy-database';
export { inspectDatabase, type DatabaseInfo, type GroupInfo } from './operations/inspect-database';
export { purgeDatabase, type PurgeOptions } from './operations/purge-database';
export type { Purged } from './retention/purged';
export type { Retention } from './retention/retention';
export { restoreDatabase, type RestoreOptions } from './operations/restore-database';
export { AtomSyncService, type AtomSyncStatus } from './nest/atom-sync.service';
