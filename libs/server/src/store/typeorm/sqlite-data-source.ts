import { DataSource, type DataSourceOptions } from 'typeorm';
import { DocEntity } from './doc.entity';
import { EpochEntity, MarkEntity } from './epoch.entity';
import { GroupEntity } from './group.entity';
import { LineEntity } from './line.entity';
import { PlaceEntity } from './place.entity';
import { CreateTables1790000000000 } from './migrations/1790000000000-create-tables';
import { IndexTombstones1790000000001 } from './migrations/1790000000001-index-tombstones';

/** Where the data is; the options of TypeORM's better-sqlite3 driver that are the app's to choose. */
export interface SqliteDatabaseOptions {
  readonly type: 'better-sqlite3';
  /** Path of the file, or `':memory:'`. */
  readonly database: string;
  readonly logging?: DataSourceOptions['logging'];
}

/** The part of a better-sqlite3 connection that sets it up. */
interface Pragmas {
  pragma(text: string): unknown;
}

/** The data source of a store, not yet initialized. Its tables come by migrations of its own. */
export const sqliteDataSource = ({ database, logging }: SqliteDatabaseOptions): DataSource =>
  new DataSource({
    type: 'better-sqlite3',
    database,
    ...(logging !== undefined && { logging }),
    entities: [GroupEntity, DocEntity, LineEntity, EpochEntity, MarkEntity, PlaceEntity],
    migrations: [CreateTables1790000000000, IndexTombstones1790000000001],
    migrationsTableName: 'atomsync_migrations',
    migrationsRun: true,
    migrationsTransactionMode: 'all',
    synchronize: false,
    enableWAL: true,
    timeout: 5000,
    prepareDatabase: (connection: Pragmas) => {
      connection.pragma('journal_mode = WAL');
      // Without FULL, a power cut may take acknowledged commits back.
      connection.pragma('synchronous = FULL');
      connection.pragma('cache_size = -32000');
      connection.pragma('temp_store = MEMORY');
    },
  });
