import { createRequire } from 'node:module';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { AtomSyncServerError } from '../../errors';
import { Turns } from '../../turns';
import { PostgresDocEntity } from './doc.entity';
import { EpochEntity, MarkEntity } from './epoch.entity';
import { GroupEntity } from './group.entity';
import { LineEntity } from './line.entity';
import { CreateTables1790000000000 } from './migrations/1790000000000-create-tables';
import { IndexTombstones1790000000001 } from './migrations/1790000000001-index-tombstones';
import { PlaceEntity } from './place.entity';

/** Where the data is; what of TypeORM's driver for PostgreSQL is the app's to choose. */
export interface PostgresDatabaseOptions {
  readonly type: 'postgres';
  /** As in `postgres://user:password@host:5432/database?sslmode=require`. */
  readonly url: string;
  /** Connections of this process for reads and commits; one more keeps its place among the others. Default 10. */
  readonly poolSize?: number;
  /**
   * Milliseconds for which a gateway that stands still in the middle of a commit holds up the others that write to the
   * group. Default 10,000.
   */
  readonly idleInTransaction?: number;
  readonly logging?: DataSourceOptions['logging'];
}

/** Who answers statements. */
export interface PgSpeaker {
  query<R>(query: string | PgQuery): Promise<PgResult<R>>;
}

/** The part of a connection of `pg`, which brings no types, that is used without TypeORM. */
export interface PgClient extends PgSpeaker {
  /** Back to the pool, or away. */
  release(destroy?: boolean): void;
  on(event: 'error' | 'end', listener: () => void): unknown;
}

export interface PgQuery {
  /** The statement is prepared once per connection under this name. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface PgResult<R> {
  readonly command: string;
  readonly rows: R[];
  readonly rowCount: number | null;
}

export interface PgPool {
  connect(): Promise<PgClient>;
}

interface PgTypes {
  getTypeParser(oid: number, format?: string): (text: string) => unknown;
}

/** Milliseconds. */
const IDLE_IN_TRANSACTION = 10_000;
const LOCK = 15_000;
const CONNECT = 5_000;
const BIGINT = 20;

/** The data source of a store, not yet initialized. Its tables come by the migrations that SQLite has too. */
export function postgresDataSource(options: PostgresDatabaseOptions): DataSource {
  const { url, poolSize = 10, idleInTransaction = IDLE_IN_TRANSACTION, logging } = options;
  const driver = loadPg();
  return new DataSource({
    type: 'postgres',
    ...{ url, driver },
    ...(logging !== undefined && { logging }),
    entities: [GroupEntity, PostgresDocEntity, LineEntity, EpochEntity, MarkEntity, PlaceEntity],
    migrations: [CreateTables1790000000000, IndexTombstones1790000000001],
    migrationsTableName: 'atomsync_migrations',
    migrationsTransactionMode: 'all',
    synchronize: false,
    installExtensions: false,
    applicationName: 'atomsync',
    connectTimeoutMS: CONNECT,
    poolSize: poolSize + 1,
    // A connection that breaks while nobody uses it is replaced by the next who needs one.
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      lock_timeout: LOCK,
      idle_in_transaction_session_timeout: idleInTransaction,
      types: numbers(driver.types),
    },
  });
}

/** The pool of an initialized data source: for statements that are prepared, which TypeORM has no words for. */
export const poolOf = ({ driver }: DataSource): PgPool => (driver as PostgresDriver).master as PgPool;

/** The same connection for those who do not wait for each other: one statement at a time. */
export function inTurn(client: PgClient): PgSpeaker {
  const turns = new Turns();
  return { query: (query) => turns.take(() => client.query(query)) };
}

/** Versions and times are numbers here; they are far below 2 ** 53. */
const numbers = (types: PgTypes): PgTypes => ({
  getTypeParser: (oid, format) => (oid === BIGINT ? Number : types.getTypeParser(oid, format)),
});

function loadPg(): { readonly types: PgTypes } {
  try {
    return createRequire(__filename)('pg') as { readonly types: PgTypes };
  } catch (cause) {
    throw new AtomSyncServerError(
      'DATABASE_UNUSABLE',
      'Data in PostgreSQL needs the package pg, which is not installed: npm install pg',
      { cause },
    );
  }
}
