import { BehaviorSubject, Observable, Subject, timer } from 'rxjs';
import type { DataSource } from 'typeorm';
import type { Epoch } from '../commit-store';
import { EpochEntity } from './epoch.entity';
import { inTurn, poolOf, type PgClient, type PgSpeaker } from './postgres-pool';
import { LIFE } from './postgres-statements';

/** Milliseconds between two tries to hold what another process holds, or to come back. */
const AGAIN = 500;

const NAME = `hashtextextended($1, 'atomsync_docs'::regclass::oid::bigint)`;
const HERE = 'atomsync is here';

/** What a process knows of the database while its place in it lasts. */
export interface Joined {
  readonly epochs: readonly Epoch[];
  /** See `LIFE`. */
  readonly life: string;
}

/** The connection that keeps the place, and the one way to speak on it. */
interface Place extends PgSpeaker {
  readonly client: PgClient;
}

/**
 * The place of one process among those that serve a database: one connection that stays open, and locks that end with
 * it, however it ends. Who comes where nobody is begins an epoch, as the start of a server on a file does; the others
 * join the one that is under way. When the connection breaks, the process comes back by itself.
 */
export class PostgresSession {
  /** Hears each time this process has joined. */
  readonly joined$ = new Subject<Joined>();
  readonly #place$ = new BehaviorSubject<Place | undefined>(undefined);
  #joining: Promise<Joined> | undefined;
  #migrated = false;
  #closed = false;

  /** @param epoch a new one, should it come to that */
  constructor(
    private readonly dataSource: DataSource,
    private readonly epoch: () => Pick<Epoch, 'id' | 'startedAt'>,
  ) {}

  /** Resolves with what is known since this process has its place; joins where it has none. */
  joined(): Promise<Joined> {
    this.#joining ??= this.#join().catch((error: unknown) => {
      this.#joining = undefined;
      throw error;
    });
    return this.#joining;
  }

  /** Joins anew: the database is another one than was joined. */
  async again(known: Joined): Promise<Joined> {
    // Others may have seen it first.
    if ((await this.joined()) === known) await this.#drop(this.#place$.value);
    return this.joined();
  }

  /** Holds a name for this process alone, again and again tried for while subscribed; `true` while it is held. */
  hold(name: string): Observable<boolean> {
    return new Observable<boolean>((subscriber) => {
      let holder: Place | undefined;
      const look = async (): Promise<void> => {
        const place = this.#place$.value;
        if (holder !== undefined || place === undefined) return;
        if (!(await ask(place, `pg_try_advisory_lock(${NAME})`, name))) return;
        if (subscriber.closed) {
          await ask(place, `pg_advisory_unlock(${NAME})`, name);
          return;
        }
        if (place !== this.#place$.value) return;
        holder = place;
        subscriber.next(true);
      };
      let looking = Promise.resolve();
      const lookSoon = (): void => {
        looking = looking.then(look).catch(() => undefined);
      };
      const places = this.#place$.subscribe((place) => {
        if (holder !== undefined && place !== holder) {
          holder = undefined;
          subscriber.next(false);
        }
        lookSoon();
      });
      places.add(timer(AGAIN, AGAIN).subscribe(lookSoon));
      return () => {
        places.unsubscribe();
        const held = holder;
        holder = undefined;
        if (held !== undefined) ask(held, `pg_advisory_unlock(${NAME})`, name).catch(() => undefined);
      };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#joining?.catch(() => undefined);
    const place = this.#place$.value;
    this.#place$.next(undefined);
    this.#place$.complete();
    this.joined$.complete();
    if (place !== undefined) await leave(place);
  }

  async #join(): Promise<Joined> {
    const client = await poolOf(this.dataSource).connect();
    client.on('error', () => undefined);
    try {
      await client.query('SET lock_timeout = 0; SET statement_timeout = 0');
      const place = { client, ...inTurn(client) };
      const joined = await this.#enter(place);
      client.on('end', () => this.#lost(place));
      this.#place$.next(place);
      this.joined$.next(joined);
      return joined;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** One at a time, so that of several that start at once one makes the tables and begins the epoch. */
  async #enter(client: PgSpeaker): Promise<Joined> {
    const door = `hashtextextended('atomsync ' || current_schema(), 0)`;
    await client.query(`SELECT pg_advisory_lock(${door})`);
    if (!this.#migrated) await this.dataSource.runMigrations();
    this.#migrated = true;
    const epochs = this.dataSource.getRepository(EpochEntity);
    const isAlone = await ask(client, `pg_try_advisory_lock(${NAME})`, HERE);
    if (isAlone) await epochs.insert(this.epoch());
    await ask(client, `pg_advisory_lock_shared(${NAME})`, HERE);
    if (isAlone) await ask(client, `pg_advisory_unlock(${NAME})`, HERE);
    const rows = await epochs.find({ order: { ordinal: 'ASC' } });
    const { rows: said } = await client.query<{ life: string }>(`SELECT ${LIFE} AS "life"`);
    await client.query(`SELECT pg_advisory_unlock(${door})`);
    return {
      epochs: rows.map(({ ordinal, id, startedAt }) => ({ ordinal, id, startedAt: Number(startedAt) })),
      life: said[0]!.life,
    };
  }

  #lost(place: Place): void {
    if (this.#place$.value === place) this.#drop(place).catch(() => undefined);
    this.#comeBack();
  }

  async #drop(place: Place | undefined): Promise<void> {
    if (this.#closed || place === undefined) return;
    this.#place$.next(undefined);
    this.#joining = leave(place).then(() => this.#join());
    this.#joining.catch(() => (this.#joining = undefined));
    await this.#joining;
  }

  #comeBack(): void {
    if (this.#closed) return;
    this.joined().catch(() => timer(AGAIN).subscribe(() => this.#comeBack()));
  }
}

/** The locks are free when this resolves; the end of a connection is noticed a little later. */
async function leave(place: Place): Promise<void> {
  await place.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
  place.client.release(true);
}

async function ask(client: PgSpeaker, expression: string, name: string): Promise<boolean> {
  const { rows } = await client.query<{ answer: unknown }>({
    text: `SELECT ${expression} AS "answer"`,
    values: [name],
  });
  return rows[0]?.answer === true;
}
