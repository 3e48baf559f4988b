import type { Version } from '@atomsync/protocol';
import { firstValueFrom, map, timer, type Observable } from 'rxjs';
import type { DataSource } from 'typeorm';
import { AtomSyncServerError } from '../../errors';
import type { CommitStore, Epoch, SharedData, StoreReader, StoreWriter } from '../commit-store';
import { AnotherLife, readerOn, selectOn, writerOn } from './postgres-access';
import {
  inTurn,
  poolOf,
  postgresDataSource,
  type PgClient,
  type PgSpeaker,
  type PostgresDatabaseOptions,
} from './postgres-pool';
import { PostgresSession, type Joined } from './postgres-session';
import { OUTCOME, prepared, PURGE, PURGE_LINES, PURGE_THROUGH } from './postgres-statements';

/** How often a transaction is tried that others have got in the way of. */
const TRIES = 5;
/** How often, and how many milliseconds apart, is asked what became of a commit whose answer did not come. */
const ASK_TRIES = 40;
const ASK_AGAIN = 250;
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
    return this.#tryAgain(async (joined) => {
      let made: { readonly transaction: string; readonly result: T } | undefined;
      try {
        return await this.#transaction('BEGIN', async (client) => {
          let transaction: string | undefined;
          const result = await work(writerOn(client, joined, (id) => (transaction = id)));
          if (transaction !== undefined) made = { transaction, result };
          return result;
        });
      } catch (error) {
        // The connection may have gone between COMMIT and its answer.
        if (made !== undefined && (await this.#isCommitted(made.transaction))) return made.result;
        throw error;
      }
    });
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

  /** Asks until there is an answer, as long as that may be of use. */
  async #isCommitted(transaction: string): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        const [status] = await this.#transaction('BEGIN', (client) =>
          selectOn(client)<{ status: string | null }>(OUTCOME, [transaction]),
        );
        if (status?.status !== 'in progress') return status?.status === 'committed';
      } catch (error) {
        if (tries >= ASK_TRIES) throw error;
      }
      await firstValueFrom(timer(ASK_AGAIN));
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

const watched = new WeakSet<PgClient>();

/** A connection that breaks says so in its statements too; unheard, the event would end the process. */
function watch(client: PgClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('error', () => undefined);
}

const withoutPassword = (url: string): string => url.replace(/:[^:@/]*@/, '@');

const messageOf = (error: unknown): string => {
  const { message = '', code = '' } = error as { readonly message?: string; readonly code?: string };
  return message === '' ? code : message;
};
