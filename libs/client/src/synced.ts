import { Atom, type DocMap, type Path, type Write } from '@atomsync/atom';
import { encodeBody } from '@atomsync/protocol';
import { distinctUntilChanged, map, startWith, type Observable } from 'rxjs';
import type { AtomSync } from './atom-sync';
import type { OpenAtom } from './open-atoms';
import type { Conflict } from './conflict';
import type { ChangeEvent } from './change-event';
import { Group } from './group';
import type { GroupHost } from './group-host';
import { Migrations } from './migrations';
import { namedCall, reviveCall, runner } from './named-call';
import type { WriteTerms } from './pending';
import { emptyReceipt, Receipt } from './receipt';
import type { RejectedRecord } from './records';
import type { ReplicaWrite } from './replica-types';
import type { SyncStatus } from './status';
import { writeRules, type SyncOptions } from './write-rules';

/** What one transaction may ask for. */
export interface TransactOptions extends WriteTerms {
  /** `'group'`: it also counts as stale when anything else in the group has changed (serializable). */
  readonly reads?: 'group';
}

/** What a synced atom is made with. */
export interface SyncedParts<T, D> {
  readonly sync: AtomSync;
  readonly host: GroupHost;
  readonly name: string;
  readonly prefix: string;
  readonly initial: T;
  readonly options: SyncOptions<D>;
  readonly validate: ((value: T) => boolean | void) | undefined;
  /** The atom's value in the group's docs. */
  readonly read: (docs: DocMap<D>) => T;
  /** A write of the atom's value as a write of the group's docs. */
  readonly locate: (write: Write) => Write;
}

/** What all atoms on a group have in common: one group below, the way of a write into it, and how it stands. */
export abstract class Synced<T, D> extends Atom<T> implements OpenAtom {
  /** @internal */
  readonly group: Group<D>;
  /** How it stands: phase, pending count, error. Replays synchronously. */
  readonly status$: Observable<SyncStatus>;
  /** How many own mutations are not confirmed yet. Replays synchronously. */
  readonly pending$: Observable<number>;
  /** Own writes and others' commits, doc by doc, as they happen. */
  readonly changes$: Observable<ChangeEvent<D>>;
  /** Fields that were written here and elsewhere, and which side was kept. */
  readonly conflicts$: Observable<Conflict>;
  /** @internal */
  protected readonly sync: AtomSync;
  readonly #locate: (write: Write) => Write;
  readonly #migrations: Migrations;

  /** @internal */
  protected constructor(parts: SyncedParts<T, D>) {
    super(parts.initial, parts.validate ? { validate: parts.validate } : {});
    const { sync, host, name, prefix, options, read } = parts;
    this.sync = sync;
    this.#locate = parts.locate;
    this.#migrations = new Migrations(name, options);
    this.group = new Group<D>(name, prefix, host, {
      ...writeRules(prefix, options, (docs) => {
        this.validate(read(docs));
      }),
      migrations: this.#migrations,
      revive: (call) => {
        const write = reviveCall(call);
        return write && runner(write);
      },
    });
    this.status$ = this.group.status$;
    this.pending$ = this.group.status$.pipe(
      map(({ pending }) => pending),
      distinctUntilChanged(),
    );
    this.changes$ = this.group.changes$.asObservable();
    this.conflicts$ = this.group.conflicts$.asObservable();
    this.group.value$.pipe(startWith(this.group.replica.value), map(read)).subscribe((value) => {
      if (!Object.is(value, this.getValue())) this.publish(value);
    });
  }

  /** Resolves when the value is there: from the local store, or from the server where the store is empty. */
  ready(): Promise<void> {
    return this.group.ready();
  }

  /** Whether the value is there by now: what `ready()` waits for. It changes with the phase of the status. */
  get isReady(): boolean {
    return this.group.isReady;
  }

  /** Resolves when the server has confirmed or refused all that was written here. */
  settled(): Promise<void> {
    return this.group.settled();
  }

  /**
   * As `swap`, with a receipt that tells when the write is durable and when, and as what version, the server
   * has accepted it.
   *
   * @throws what `swap` throws
   * @example
   * const receipt = todos.transact((docs) => docs.without('todo:1'));
   * const { version } = await receipt.accepted;
   * todos.transact({ reads: 'group', ifStale: 'reject' }, (docs) => docs.with('count', docs.size));
   */
  transact<A extends readonly unknown[]>(fn: (current: T, ...args: A) => T, ...args: A): Receipt<T>;
  transact<A extends readonly unknown[]>(
    options: TransactOptions,
    fn: (current: T, ...args: A) => T,
    ...args: A
  ): Receipt<T>;
  transact(first: unknown, ...rest: readonly unknown[]): Receipt<T> {
    const [options, fn, args] =
      typeof first === 'function' ? [{}, first, rest] : [first as TransactOptions, rest[0], rest.slice(1)];
    const { reads, ...terms } = options;
    const write = { kind: 'swap', path: [] as Path, fn, args } as Write;
    const status$ = this.group.follow({ ...this.#toGroup(write), readsGroup: reads === 'group', terms });
    return status$
      ? new Receipt(this.getValue(), status$)
      : emptyReceipt(this.getValue(), this.group.replica.version);
  }

  /** Gives the atom back. The group is closed when everyone who opened it has; pending writes stay in the store. */
  close(): void {
    this.sync.release(this);
  }

  /** @internal */
  retry(record: RejectedRecord): void {
    const isOlder = record.schemaVersion < this.#migrations.version;
    const write = record.call && !isOlder && reviveCall(record.call);
    if (write) return void this.group.write({ run: runner(write), rerun: true, named: namedCall(write) });
    const { schemaVersion } = record;
    const changes = Array.from(record.docs, ([key, after]) => ({
      key,
      after: (after !== undefined && isOlder
        ? this.#migrations.read(key, { schemaVersion, body: encodeBody(after) })
        : after) as D,
    }));
    this.writeData((docs) => docs.withChanges(changes));
  }

  /** @internal */
  finish(): void {
    this.complete();
  }

  protected override gate(write: Write): T {
    const mutation = this.group.write(this.#toGroup(write));
    // `reset` always emits, as in RxJS.
    if (mutation === undefined && isWholeReset(write)) this.publish(this.getValue());
    return this.getValue();
  }

  /** A write that is plain data: merged field by field, never run again. */
  protected writeData(run: (docs: DocMap<D>) => DocMap<D>): void {
    this.group.write({ run, rerun: false });
  }

  #toGroup(write: Write): ReplicaWrite<D> {
    const located = this.#locate(write);
    return { run: runner(located), rerun: write.kind === 'swap', named: namedCall(located) };
  }
}

export function isWholeReset(write: Write): write is Extract<Write, { kind: 'reset' }> {
  return write.kind === 'reset' && write.path.length === 0;
}
