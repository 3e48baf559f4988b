import type { DataSource, QueryRunner } from 'typeorm';
import type { Version } from '@atomsync/protocol';
import { AtomSyncServerError } from '../../errors';
import type {
  BehindRequest,
  CommitStore,
  Epoch,
  GroupRow,
  LineRow,
  Needs,
  Page,
  PageRequest,
  RangeRequest,
  Rows,
  StoreReader,
  StoreWriter,
  Writes,
} from '../commit-store';
import { EpochEntity } from './epoch.entity';
import { decodeResults } from './kept-results';
import { bounded, byGroup, docRow, type DocRecord, type Select } from './rows';
import { sqliteDataSource, type SqliteDatabaseOptions } from './sqlite-data-source';
import { lockDatabase } from './sqlite-lock';
import {
  BEHIND,
  DOCS,
  EPOCH_OF,
  GROUP_NAMES,
  GROUPS,
  HEAD_AT_END,
  HORIZON,
  LINES,
  LOAD_DOCS,
  LOAD_GROUPS,
  LOAD_LINES,
  MARKS,
  PAGE,
  PAGE_SIZES,
  PLACE_OF,
  PLACES,
  PURGE,
  RANGE,
  RANGE_SIZES,
} from './sqlite-statements';
import { upsert } from './upsert';

type LineRecord = Omit<LineRow, 'results' | 'closed'> & { readonly results: string; readonly closed: number };

/**
 * `CommitStore` in one SQLite file, through TypeORM and better-sqlite3: WAL, `synchronous=FULL`, schema by
 * migrations. One process at a time may have the file open this way.
 *
 * @example
 * new TypeOrmCommitStore({ type: 'better-sqlite3', database: 'atomsync.db' })
 */
export class TypeOrmCommitStore implements CommitStore {
  #dataSource: DataSource | undefined;
  #lock: { release(): void } | undefined;

  constructor(private readonly options: SqliteDatabaseOptions) {}

  async open(epoch: Pick<Epoch, 'id' | 'startedAt'>): Promise<readonly Epoch[]> {
    const { database } = this.options;
    try {
      this.#lock = lockDatabase(database);
      this.#dataSource = await sqliteDataSource(this.options).initialize();
      const epochs = this.#dataSource.getRepository(EpochEntity);
      await epochs.insert(epoch);
      return (await epochs.find({ order: { ordinal: 'ASC' } })).map(({ ordinal, id, startedAt }) => ({
        ...{ ordinal, id },
        startedAt: Number(startedAt),
      }));
    } catch (error) {
      await this.close();
      if (error instanceof AtomSyncServerError) throw error;
      throw new AtomSyncServerError(
        'DATABASE_UNUSABLE',
        `The database file ${database} cannot be used: ${error instanceof Error ? error.message : String(error)}. Name a file in a directory that exists and can be written to.`,
        { cause: error },
      );
    }
  }

  async read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    return work(readerOn(this.#runner()));
  }

  async write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const runner = this.#runner();
    await runner.startTransaction();
    try {
      const result = await work({
        ...readerOn(runner),
        save: (writes) => save(runner, writes),
        savePlaces: (places) => upsert(runner, PLACES, places),
      });
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  }

  async purge(group: string, through: Version): Promise<number> {
    return this.write(async (writer) => {
      const row = (await writer.load({ groups: [group], docs: [], lines: [] })).groups[0];
      if (row === undefined) return 0;
      const purgedThrough = Math.max(row.purgedThrough, Math.min(through, row.head));
      await writer.save({ groups: [{ ...row, purgedThrough }], docs: [], lines: [], marks: [] });
      return this.#delete(PURGE, [group, purgedThrough]);
    });
  }

  purgeLines(before: number): Promise<number> {
    return this.write(() =>
      this.#delete(`DELETE FROM "atomsync_lines" WHERE "closed" = 1 AND "updatedAt" < ?`, [before]),
    );
  }

  async close(): Promise<void> {
    const dataSource = this.#dataSource;
    this.#dataSource = undefined;
    if (dataSource?.isInitialized === true) await dataSource.destroy();
    this.#lock?.release();
    this.#lock = undefined;
  }

  async #delete(statement: string, parameters: readonly unknown[]): Promise<number> {
    const { affected } = await this.#runner().query(statement, [...parameters], true);
    return affected ?? 0;
  }

  #runner(): QueryRunner {
    if (this.#dataSource === undefined) {
      throw new AtomSyncServerError('STORE_CLOSED', 'The store is not open; call open() first.');
    }
    return this.#dataSource.createQueryRunner();
  }
}

const readerOn = (runner: QueryRunner): StoreReader => ({
  load: (needs) => load(runner, needs),
  page: (request) => page(runner, request),
  headAtEndOf: async (epoch, group) => {
    const rows = await select<{ head: number }>(runner, HEAD_AT_END, [group, epoch]);
    return rows[0]?.head;
  },
  epochOf: async (group, version) => {
    const rows = await select<{ epoch: number }>(runner, EPOCH_OF, [group, version]);
    return rows[0]?.epoch;
  },
  range: (request) => range(runner, request),
  placeOf: async (handler, group) => {
    const rows = await select<{ version: number }>(runner, PLACE_OF, [handler, group]);
    return rows[0]?.version ?? 0;
  },
  behind: async ({ handler, prefix, after, limit }: BehindRequest) => {
    const rows = await select<{ name: string }>(runner, BEHIND, [handler, after, prefix, prefix, limit]);
    return rows.map(({ name }) => name);
  },
  groups: async ({ after, limit }) => {
    const rows = await select<{ name: string }>(runner, GROUP_NAMES, [after, limit]);
    return rows.map(({ name }) => name);
  },
  horizon: async ({ group, until, maxTombstones }) => {
    const rows = await select<{ version: number }>(runner, HORIZON, [group, group, until, maxTombstones]);
    return rows[0]?.version;
  },
});

const select = async <R>(runner: QueryRunner, statement: string, parameters: unknown[]): Promise<R[]> =>
  (await runner.query(statement, parameters)) as R[];

const selectOn =
  (runner: QueryRunner): Select =>
  (statement, parameters) =>
    select(runner, statement, parameters);

async function load(runner: QueryRunner, needs: Needs): Promise<Rows> {
  const { groups, docs, lines } = needs;
  const found =
    groups.length === 0 ? [] : await select<GroupRow>(runner, LOAD_GROUPS, [JSON.stringify(groups)]);
  const docRecords = await loadNamed<DocRecord>(
    runner,
    LOAD_DOCS,
    byGroup(docs, ({ key }) => key),
  );
  const lineRecords = await loadNamed<LineRecord>(
    runner,
    LOAD_LINES,
    byGroup(lines, ({ clientId }) => clientId),
  );
  return { groups: [...found], docs: docRecords.map(docRow), lines: lineRecords.map(lineRow) };
}

async function loadNamed<R>(
  runner: QueryRunner,
  statement: string,
  refs: ReadonlyMap<string, string[]>,
): Promise<R[]> {
  const found: R[][] = [];
  for (const [group, names] of refs)
    found.push(await select<R>(runner, statement, [JSON.stringify(names), group]));
  return found.flat();
}

function page(runner: QueryRunner, request: PageRequest): Promise<Page> {
  const { group, prefix, after, withoutTombstonesThrough, maxDocs, maxBytes } = request;
  const where = [group, after.version, after.key, prefix, prefix, withoutTombstonesThrough];
  return bounded(selectOn(runner), { sizes: PAGE_SIZES, docs: PAGE }, where, maxDocs, maxBytes);
}

function range(runner: QueryRunner, request: RangeRequest): Promise<Page> {
  const { group, prefix, after, maxDocs, maxBytes } = request;
  const where = [group, after, prefix, prefix];
  return bounded(selectOn(runner), { sizes: RANGE_SIZES, docs: RANGE }, where, maxDocs, maxBytes);
}

async function save(runner: QueryRunner, { groups, docs, lines, marks }: Writes): Promise<void> {
  await upsert(runner, GROUPS, groups);
  await upsert(runner, DOCS, docs);
  await upsert(runner, LINES, lines);
  await upsert(runner, MARKS, marks);
}

const lineRow = ({ closed, results, ...row }: LineRecord): LineRow => ({
  ...row,
  closed: closed === 1,
  results: decodeResults(results),
});
