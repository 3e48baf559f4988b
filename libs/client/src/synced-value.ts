import { Atom, AtomError, runWrite, type Doc, type DocMap, type Write } from '@atomsync/atom';
import { assertGroup } from '@atomsync/protocol';
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { AtomSync, Synced } from './atom-sync';
import { Group, type GroupHost } from './group';
import type { Conflict } from './merge';
import { namedCall, reviveCall } from './named-call';
import type { RejectedRecord } from './records';
import type { SyncStatus } from './status';
import { writeRules, type SyncOptions } from './write-rules';

/** The one doc of a group that holds a single value. */
const KEY = 'value';

export interface SyncedValueOptions<T> extends SyncOptions<T> {
  /** Judges the value after every own write: `false` or a throw refuses it. */
  readonly validate?: (value: T) => boolean | void;
}

/**
 * An atom that holds one value, the same in every client that opens it. Where nothing has been written yet
 * it holds the initial value, which is never written by itself.
 *
 * @example
 * const state = syncedValue(conn, 'app-state', { users: [] as string[], count: 0 });
 * state.at('count').swap((n) => n + 1);
 */
export class SyncedValue<T> extends Atom<T> implements Synced {
  /** @internal */
  readonly group: Group<T>;
  /** How it stands: phase, pending count, error. Replays synchronously. */
  readonly status$: Observable<SyncStatus>;
  /** How many own mutations are not confirmed yet. Replays synchronously. */
  readonly pending$: Observable<number>;
  /** Fields that were written here and elsewhere, and which side was kept. */
  readonly conflicts$: Observable<Conflict>;
  readonly #sync: AtomSync;
  readonly #initial: T;

  /** @internal Use {@link syncedValue}. */
  constructor(sync: AtomSync, name: string, initial: T, options: SyncedValueOptions<T>, host: GroupHost) {
    super(initial, options.validate ? { validate: options.validate } : {});
    this.#sync = sync;
    this.#initial = initial;
    const group = new Group<T>(name, '', host, {
      ...writeRules('', options, (docs) => {
        this.validate(this.#read(docs));
      }),
      revive: (call) => {
        const write = reviveCall(call);
        return write && this.#onDocs(write);
      },
    });
    this.group = group;
    this.status$ = group.status$;
    this.pending$ = group.status$.pipe(
      map(({ pending }) => pending),
      distinctUntilChanged(),
    );
    this.conflicts$ = group.conflicts$.asObservable();
    group.value$.pipe(map((docs) => this.#read(docs))).subscribe((value) => {
      if (!Object.is(value, this.getValue())) this.publish(value);
    });
  }

  /** Resolves when the value is there: from the local store, or from the server where the store is empty. */
  ready(): Promise<void> {
    return this.group.ready();
  }

  /** Resolves when the server has confirmed or refused all that was written here. */
  settled(): Promise<void> {
    return this.group.settled();
  }

  /** Gives the atom back; see `SyncedAtom.close`. */
  close(): void {
    this.#sync.release(this);
  }

  /** @internal */
  retry(record: RejectedRecord): void {
    const write = record.call && reviveCall(record.call);
    this.gate(write ?? { kind: 'reset', path: [], value: record.docs.get(KEY) });
  }

  /** @internal */
  finish(): void {
    this.complete();
  }

  protected override gate(write: Write): T {
    const mutation = this.group.write({
      run: this.#onDocs(write),
      rerun: write.kind === 'swap',
      call: namedCall(write),
    });
    // `reset` always emits, as in RxJS.
    if (mutation === undefined && write.kind === 'reset' && write.path.length === 0) this.publish(this.getValue());
    return this.getValue();
  }

  #onDocs(write: Write): (docs: DocMap<T>) => DocMap<T> {
    return (docs) => {
      const before = this.#read(docs);
      const after = runWrite(write, before);
      if (Object.is(after, before)) return docs;
      if (after === undefined) {
        throw new AtomError('BAD_DOC', `undefined cannot be the value of a synced value. Use null for "nothing".`);
      }
      return docs.with(KEY, after);
    };
  }

  #read(docs: DocMap<T>): T {
    const doc: Doc<T> | undefined = docs.get(KEY);
    return doc === undefined ? this.#initial : (doc as T);
  }
}

/**
 * The value of a group; opened twice, it is the same atom. `close()` it as often.
 *
 * @param initial stands for the value where none has been written
 * @throws ClientError `CLOSED`, `GROUP_IN_USE`; ProtocolError `BAD_GROUP`
 */
export function syncedValue<T>(
  sync: AtomSync,
  group: string,
  initial: T,
  options: SyncedValueOptions<T> = {},
): SyncedValue<T> {
  assertGroup(group);
  return sync.acquire('synced value', group, '', (host) => new SyncedValue<T>(sync, group, initial, options, host));
}
