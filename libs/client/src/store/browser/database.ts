import type { LocalStoreError } from '../local-store-error';
import {
  databaseBlocked,
  databaseDenied,
  databaseGivenUp,
  databaseGone,
  indexedDbError,
} from './indexed-db-errors';

const RECORDS = 'records';

/** What a transaction may do beside asking the object store. */
export interface Work {
  readonly records: IDBObjectStore;
  /** Ends the transaction: nothing of it counts. */
  abort(reason: Error): void;
  /** Runs `act` when `request` is answered. What it throws aborts the transaction. */
  then<T>(request: IDBRequest<T>, act: (result: T) => void): void;
}

/** A database with one object store, opened when it is needed and again when it was lost. */
export class Database {
  #connection: Promise<IDBDatabase> | undefined;
  #givenUp: LocalStoreError | undefined;
  /** It was deleted under our hands, and nobody has been told yet. */
  #gone = false;

  constructor(
    readonly name: string,
    readonly version: number,
  ) {}

  /**
   * Runs `work` in one transaction. Gives what the function it returned gives when all is done: with
   * 'readwrite', when all of it is durable.
   */
  async transact<T>(mode: 'readonly' | 'readwrite', work: (work: Work) => () => T): Promise<T> {
    if (this.#gone) {
      // Told once: who goes on then begins anew, and what only came late leaves no empty database behind.
      this.#gone = false;
      throw databaseGone(this.name);
    }
    const connection = await (this.#connection ??= this.#connect());
    try {
      return await run(connection, mode, work);
    } catch (error) {
      // The connection was lost: the next transaction tries a new one.
      if ((error as Error | null)?.name === 'InvalidStateError') this.disconnect();
      throw indexedDbError(this.name, error);
    }
  }

  disconnect(): void {
    this.#connection?.then(
      (connection) => connection.close(),
      () => {},
    );
    this.#connection = undefined;
  }

  /** Removes the database. Rejects with `STORE_LOCKED` while another tab does not let go of it. */
  async remove(): Promise<void> {
    this.disconnect();
    await this.#asked((factory) => factory.deleteDatabase(this.name));
  }

  async #connect(): Promise<IDBDatabase> {
    if (this.#givenUp) throw this.#givenUp;
    try {
      const connection = await this.#asked((factory) => {
        const request = factory.open(this.name, this.version);
        request.onupgradeneeded = () => {
          if (!request.result.objectStoreNames.contains(RECORDS)) request.result.createObjectStore(RECORDS);
        };
        return request;
      });
      const current = this.#connection;
      connection.onclose = () => {
        if (this.#connection === current) this.#connection = undefined;
      };
      connection.onversionchange = ({ newVersion }) => {
        if (newVersion === null) this.#gone = true;
        else this.#givenUp = databaseGivenUp(this.name);
        this.disconnect();
      };
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  #asked<R extends IDBDatabase | undefined>(
    ask: (factory: IDBFactory) => IDBRequest<R> & IDBOpenDBRequest,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      const failed = (error: unknown): void =>
        reject(
          // Firefox says so in private windows.
          (error as Error | null)?.name === 'InvalidStateError'
            ? databaseDenied(this.name, error)
            : indexedDbError(this.name, error),
        );
      try {
        // Some embedded browsers have none.
        const factory = globalThis.indexedDB as IDBFactory | undefined;
        if (!factory) return reject(databaseDenied(this.name));
        const request = ask(factory);
        let blocked = false;
        request.onblocked = () => {
          blocked = true;
          reject(databaseBlocked(this.name));
        };
        request.onerror = () => failed(request.error);
        request.onsuccess = () => {
          // It came after all, and nobody waits for it.
          if (blocked) (request.result as IDBDatabase | undefined)?.close();
          resolve(request.result);
        };
      } catch (error) {
        failed(error);
      }
    });
  }
}

const run = <T>(
  connection: IDBDatabase,
  mode: 'readonly' | 'readwrite',
  work: (work: Work) => () => T,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const transaction = connection.transaction(RECORDS, mode, { durability: 'strict' });
    let result: () => T;
    transaction.oncomplete = () => resolve(result());
    transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
    const abort = (reason: Error): void => {
      reject(reason);
      transaction.abort();
    };
    const guarded = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        abort(error as Error);
      }
    };
    guarded(() => {
      result = work({
        records: transaction.objectStore(RECORDS),
        abort,
        then: (request, act) => {
          request.onsuccess = () => guarded(() => act(request.result));
        },
      });
    });
  });
