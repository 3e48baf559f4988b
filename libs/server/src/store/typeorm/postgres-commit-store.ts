import type { Version } from '@atomsync/protocol';
import { map, type Observable } from 'rxjs';
import type { DataSource } from 'typeorm';
import { AtomSyncServerError } from '../../errors';
import type {
  CommitStore,
  Epoch,
  GroupRow,
  LineRow,
  Needs,
  PlaceRow,
  Rows,
  SharedData,
  StoreReader,
  StoreWriter,
  Writes,
} from '../commit-store';
import { decodeResults } from './kept-results';
import {
  inTurn,
  poolOf,
  postgresDataSource,
  type PgClient,
  type PgSpeaker,
  type PostgresDatabaseOptions,
} from './postgres-pool';
import { PostgresSession, type Joined } from './postgres-session';
import {
  BEHIND,
  EPOCH_OF,
  GROUP_NAMES,
  HEAD_AT_END,
  HORIZON,
  LOAD_DOCS,
  LOAD_GROUPS_NOW,
  LOAD_LINES,
  LOCK_GROUPS,
  LOCK_NEW_GROUP,
  PAGE,
  PAGE_SIZES,
  PLACE_OF,
  prepared,
  PURGE,
  PURGE_LINES,
  PURGE_THROUGH,
  RANGE,
  RANGE_SIZES,
  SAVE,
  SAVE_PLACES,
} from './postgres-statements';
import { bounded, byGroup, docRow, type DocRecord, type Select } from './rows';
import { DOCS, GROUPS, LINES, MARKS } from './sqlite-statements';
import type { Upsert } from './upsert';

type LineRecord = Omit<LineRow, 'results'> & { readonly results: string };

/** How often a transaction is tried that others have got in the way of. */
const TRIES = 5;
/** Serialization failures and deadlocks: nothing has happened, and the next try finds the way free. */
const TRY_AGAIN = new Set(['40001', '40P01']);

/**
 * `CommitStore` in PostgreSQL, through TypeORM and `pg`: for one process or several at once. A group's row is locked
 * within the transaction that commits to it, so that the order of commits is the order of versions, whoever makes them.
 *
 * @example
 * new PostgresCommitStore({ type: 'postgres', url: 'postgres://localhost/atomsync' })
 */
export class PostgresCommitStore implements CommitStore {
  #dataSource: DataSource | undefined;
  #session: PostgresSession | undefined;

  constructor(
    private readonly options: PostgresDatabaseOptions,
    private readonly now: () => number = Date.now,
  ) {}

  /** What its processes share beside the data. */
  get shared(): SharedData {
    return {
      epochs$: this.#use().session.joined$.pipe(map(({ epochs }) => epochs)),
      hold: (name): Observable<boolean> => this.#use().session.hold(name),
    };
  }

  async open(epoch: Pick<Epoch, 'id' | 'startedAt'>): Promise<readonly Epoch[]> {
    try {
      const dataSource = await postgresDataSource(this.options).initialize();
      let next: Pick<Epoch, 'id' | 'startedAt'> | undefined = epoch;
      // Later ones begin where this process is the first to come back to a database that was away.
      const epochs = (): Pick<Epoch, 'id' | 'startedAt'> => {
        const begun = next ?? { id: globalThis.crypto.randomUUID(), startedAt: this.now() };
        next = undefined;
        return begun;
      };
      this.#dataSource = dataSource;
      this.#session = new PostgresSession(dataSource, epochs);
      return (await this.#session.joined()).epochs;
    } catch (error) {
      await this.close();
      if (error instanceof AtomSyncServerError) throw error;
      throw new AtomSyncServerError(
        'DATABASE_UNUSABLE',
        `The database ${withoutPassword(this.options.url)} cannot be used: ${messageOf(error)}. Start PostgreSQL, make the database, or name another one.`,
        { cause: error },
      );
    }
  }

  async read<T>(work: (reader: StoreReader) => Promise<T>): Promise<T> {
    return this.#tryAgain((joined) =>
      this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', (client) =>
        work(readerOn(client, joined)),
      ),
    );
  }

  async write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return this.#tryAgain((joined) => this.#transaction('BEGIN', (client) => work(writerOn(client, joined))));
  }

  async purge(group: string, through: Version): Promise<number> {
    return this.#tryAgain(() =>
      this.#transaction('BEGIN', async (client) => {
        const { rows } = await client.query<{ purgedThrough: Version }>(
          prepared(PURGE_THROUGH, [group, through]),
        );
        if (rows[0] === undefined) return 0;
        return (await client.query(prepared(PURGE, [group, rows[0].purgedThrough]))).rowCount ?? 0;
      }),
    );
  }

  async purgeLines(before: number): Promise<number> {
    return this.#transaction(
      'BEGIN',
      async (client) => (await client.query(prepared(PURGE_LINES, [before]))).rowCount ?? 0,
    );
  }

  async close(): Promise<void> {
    const [dataSource, session] = [this.#dataSource, this.#session];
    this.#dataSource = undefined;
    this.#session = undefined;
    await session?.close();
    if (dataSource?.isInitialized === true) await dataSource.destroy();
  }

  /** Until nobody is in the way, and on the database that this process has joined. */
  async #tryAgain<T>(work: (joined: Joined) => Promise<T>): Promise<T> {
    const { session } = this.#use();
    for (let tries = 1; ; tries++) {
      const joined = await session.joined();
      try {
        return await work(joined);
      } catch (error) {
        if (tries >= TRIES) throw error;
        if (error instanceof AnotherLife) await session.again(joined);
        else if (!TRY_AGAIN.has((error as { readonly code?: string }).code ?? '')) throw error;
      }
    }
  }

  async #transaction<T>(begin: string, work: (client: PgSpeaker) => Promise<T>): Promise<T> {
    const client = await poolOf(this.#use().dataSource).connect();
    watch(client);
    let isWell = true;
    try {
      await client.query(begin);
      const result = await work(inTurn(client));
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw new Error('The transaction had failed before its end.');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (isWell = false));
      throw error;
    } finally {
      client.release(!isWell);
    }
  }

  #use(): { readonly dataSource: DataSource; readonly session: PostgresSession } {
    const [dataSource, session] = [this.#dataSource, this.#session];
    if (dataSource !== undefined && session !== undefined) return { dataSource, session };
    throw new AtomSyncServerError('STORE_CLOSED', 'The store is not open; call open() first.');
  }
}

/** The database is not the one any more that was joined, or another epoch has begun in it. */
class AnotherLife extends Error {}

const watched = new WeakSet<PgClient>();

/** A connection that breaks says so in its statements too; unheard, the event would end the process. */
function watch(client: PgClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('error', () => undefined);
}

const selectOn =
  (client: PgSpeaker): Select =>
  async <R>(text: string, values: unknown[]) =>
    (await client.query<R>(prepared(text, values))).rows;

function readerOn(client: PgSpeaker, joined: Joined): StoreReader {
  const select = selectOn(client);
  const pageOf = { sizes: PAGE_SIZES, docs: PAGE };
  const rangeOf = { sizes: RANGE_SIZES, docs: RANGE };
  return {
    load: async (needs) => ({
      ...(await load(select, needs)),
      groups: await groupsNow(select, needs.groups, joined),
    }),
    page: ({ group, prefix, after, withoutTombstonesThrough, maxDocs, maxBytes }) => {
      const where = [group, after.version, after.key, prefix, withoutTombstonesThrough];
      return bounded(select, pageOf, where, maxDocs, maxBytes);
    },
    range: ({ group, prefix, after, maxDocs, maxBytes }) =>
      bounded(select, rangeOf, [group, after, prefix], maxDocs, maxBytes),
    headAtEndOf: async (epoch, group) =>
      (await select<{ head: Version }>(HEAD_AT_END, [group, epoch]))[0]?.head,
    epochOf: async (group, version) =>
      (await select<{ epoch: number }>(EPOCH_OF, [group, version]))[0]?.epoch,
    placeOf: async (handler, group) =>
      (await select<{ version: Version }>(PLACE_OF, [handler, group]))[0]?.version ?? 0,
    behind: async ({ handler, prefix, after, limit }) =>
      names(await select(BEHIND, [handler, after, prefix, limit])),
    groups: async ({ after, limit }) => names(await select(GROUP_NAMES, [after, limit])),
    horizon: async ({ group, until, maxTombstones }) =>
      (await select<{ version: Version }>(HORIZON, [group, until, maxTombstones]))[0]?.version,
  };
}

const writerOn = (client: PgSpeaker, joined: Joined): StoreWriter => ({
  ...readerOn(client, joined),
  load: async (needs) => {
    const groups = await lock(selectOn(client), needs.groups);
    return { ...(await load(selectOn(client), needs)), groups };
  },
  save: (writes) => save(client, writes, joined),
  savePlaces: (places) => savePlaces(client, places),
});

/** The rows of these groups, which are the transaction's alone from here on, and so are the names that have no row. */
async function lock(select: Select, groups: readonly string[]): Promise<GroupRow[]> {
  if (groups.length === 0) return [];
  const found = await select<GroupRow>(LOCK_GROUPS, [groups]);
  const known = new Set(found.map(({ name }) => name));
  const missing = groups.filter((name) => !known.has(name)).sort();
  if (missing.length === 0) return found;
  for (const name of missing) await select(LOCK_NEW_GROUP, [name]);
  return [...found, ...(await select<GroupRow>(LOCK_GROUPS, [missing]))];
}

/** The rows of these groups, which are of the life and the epoch that were joined. */
async function groupsNow(select: Select, groups: readonly string[], joined: Joined): Promise<GroupRow[]> {
  if (groups.length === 0) return [];
  const found = await select<GroupRow & Now>(LOAD_GROUPS_NOW, [groups]);
  return found.map(({ life, epochNow, ...row }) => {
    check({ life, epochNow }, joined);
    return row;
  });
}

/** See `LIFE`. */
interface Now {
  readonly life: string;
  readonly epochNow: number;
}

function check({ life, epochNow }: Now, joined: Joined): void {
  if (life !== joined.life || epochNow !== joined.epochs.at(-1)?.ordinal) throw new AnotherLife();
}

async function load(select: Select, { docs, lines }: Needs): Promise<Omit<Rows, 'groups'>> {
  const docRecords: DocRecord[] = [];
  for (const [group, keys] of byGroup(docs, ({ key }) => key)) {
    docRecords.push(...(await select<DocRecord>(LOAD_DOCS, [keys, group])));
  }
  const lineRecords: LineRecord[] = [];
  for (const [group, ids] of byGroup(lines, ({ clientId }) => clientId)) {
    lineRecords.push(...(await select<LineRecord>(LOAD_LINES, [ids, group])));
  }
  return { docs: docRecords.map(docRow), lines: lineRecords.map(lineRow) };
}

async function save(
  client: PgSpeaker,
  { groups, docs, lines, marks }: Writes,
  joined: Joined,
): Promise<void> {
  const values = [
    ...columnsOf(GROUPS, groups),
    ...columnsOf(DOCS, docs),
    ...columnsOf(LINES, lines),
    ...columnsOf(MARKS, marks),
  ];
  const { rows } = await client.query<Now>(prepared(SAVE, values));
  check(rows[0]!, joined);
}

async function savePlaces(client: PgSpeaker, places: readonly PlaceRow[]): Promise<void> {
  const column = <K extends keyof PlaceRow>(name: K) => places.map((place) => place[name]);
  await client.query(prepared(SAVE_PLACES, [column('handler'), column('group'), column('version')]));
}

/** One array for each column. */
function columnsOf<R>(into: Upsert<R>, rows: readonly R[]): unknown[][] {
  const arrays: unknown[][] = into.columns.map(() => []);
  for (const row of rows) into.values(row).forEach((value, index) => arrays[index]!.push(value));
  return arrays;
}

const lineRow = ({ results, ...row }: LineRecord): LineRow => ({ ...row, results: decodeResults(results) });

const names = (rows: readonly unknown[]): string[] => rows.map((row) => (row as { name: string }).name);

const withoutPassword = (url: string): string => url.replace(/:[^:@/]*@/, '@');

const messageOf = (error: unknown): string => {
  const { message = '', code = '' } = error as { readonly message?: string; readonly code?: string };
  return message === '' ? code : message;
};
