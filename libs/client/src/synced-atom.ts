import { Atom, AtomError, DocMap, runWrite, type DocInput, type Write } from '@atomsync/atom';
import { assertGroup, assertPrefix } from '@atomsync/protocol';
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { AtomSync, Synced } from './atom-sync';
import { ClientError } from './errors';
import { Group, type ChangeEvent, type GroupHost } from './group';
import type { Conflict } from './merge';
import { namedCall, reviveCall, runner } from './named-call';
import type { RejectedRecord } from './records';
import type { SyncStatus } from './status';
import { writeRules, type SyncOptions } from './write-rules';

export interface SyncedAtomOptions<D> extends SyncOptions<D> {
  /** Open only the docs whose keys begin with it; keys outside it are refused. */
  readonly prefix?: string;
  /** Judges the group as a whole after every own write: `false` or a throw refuses it. */
  readonly validate?: (docs: DocMap<D>) => boolean | void;
}

/**
 * An atom that holds the docs of one group, the same in every client that opens it. Reads and writes are
 * local and immediate; what was written goes out in the background, and what others wrote comes in.
 *
 * @example
 * const todos = syncedAtom<Todo>(conn, 'todo');
 * await todos.ready();
 * const key = todos.add({ text: 'Buy milk', done: false });
 * todos.at(key).swap((todo) => ({ ...todo, done: true }));
 */
export class SyncedAtom<D> extends Atom<DocMap<D>> implements Synced {
  /** @internal */
  readonly group: Group<D>;
  /** How it stands: phase, pending count, error. Replays synchronously. */
  readonly status$: Observable<SyncStatus>;
  /** How many own mutations are not confirmed yet. Replays synchronously. */
  readonly pending$: Observable<number>;
  /** Own writes and others' commits, as they happen. */
  readonly changes$: Observable<ChangeEvent<D>>;
  /** Fields that were written here and elsewhere, and which side was kept. */
  readonly conflicts$: Observable<Conflict>;
  readonly #sync: AtomSync;

  /** @internal Use {@link syncedAtom}. */
  constructor(sync: AtomSync, name: string, options: SyncedAtomOptions<D>, host: GroupHost) {
    super(DocMap.empty<D>(), options.validate ? { validate: judgeWrites(options.validate) } : {});
    const prefix = options.prefix ?? '';
    const group = new Group<D>(name, prefix, host, {
      ...writeRules(prefix, options, (docs) => {
        this.validate(docs);
      }),
      revive: (call) => {
        const write = reviveCall(call);
        return write && runner(write);
      },
    });
    this.#sync = sync;
    this.group = group;
    this.status$ = group.status$;
    this.pending$ = group.status$.pipe(
      map(({ pending }) => pending),
      distinctUntilChanged(),
    );
    this.changes$ = group.changes$.asObservable();
    this.conflicts$ = group.conflicts$.asObservable();
    group.value$.subscribe((docs) => {
      this.publish(docs);
    });
  }

  /** Resolves when the docs are there: from the local store, or from the server where the store is empty. */
  ready(): Promise<void> {
    return this.group.ready();
  }

  /** Resolves when the server has confirmed or refused all that was written here. */
  settled(): Promise<void> {
    return this.group.settled();
  }

  /** Puts a new doc under a new key, sorted by time of making, and returns the key. */
  add(doc: DocInput<D>): string {
    const key = `${this.group.prefix}${this.#sync.newKey()}`;
    this.put(key, doc);
    return key;
  }

  /** Puts a doc as a whole. Where others wrote it meanwhile, the fields are merged. */
  put(key: string, doc: DocInput<D>): void {
    this.#writeData((docs) => docs.with(key, doc));
  }

  /**
   * Sets some fields of a doc.
   *
   * @throws AtomError `NO_SUCH_DOC`
   */
  patch(key: string, fields: Partial<DocInput<D>>): void {
    this.#writeData((docs) => docs.update(key, (doc) => ({ ...doc, ...fields }) as DocInput<D>));
  }

  /** Deletes a doc; nothing happens when there is none. */
  remove(key: string): void {
    this.#writeData((docs) => docs.without(key));
  }

  /** Gives the atom back. The group is closed when everyone who opened it has; pending writes stay in the store. */
  close(): void {
    this.#sync.release(this);
  }

  /** @internal */
  retry(record: RejectedRecord): void {
    const write = record.call && reviveCall(record.call);
    if (write) this.gate(write);
    else this.#writeData((docs) => docs.withChanges(Array.from(record.docs, ([key, after]) => ({ key, after: after as DocInput<D> | undefined }))));
  }

  /** @internal */
  finish(): void {
    this.complete();
  }

  protected override gate(write: Write): DocMap<D> {
    const wholeReset = write.kind === 'reset' && write.path.length === 0;
    if (wholeReset) this.#assertResettable(write.value);
    const mutation = this.group.write({
      run: (docs: DocMap<D>) => runWrite(write, docs),
      rerun: write.kind === 'swap',
      call: namedCall(write),
    });
    // `reset` always emits, as in RxJS.
    if (mutation === undefined && wholeReset) this.publish(this.getValue());
    return this.getValue();
  }

  #writeData(run: (docs: DocMap<D>) => DocMap<D>): void {
    this.group.write({ run, rerun: false });
  }

  #assertResettable(value: unknown): void {
    if (!(value instanceof DocMap)) {
      throw new AtomError('BAD_DOC', `A synced atom holds a DocMap. Make one with DocMap.from(…), or write docs with put.`);
    }
    if (this.group.isReady) return;
    throw new ClientError(
      'NOT_READY',
      `The group '${this.group.name}' is not loaded yet, and a reset would delete docs unseen. ` +
        `Wait for ready(), or write single docs with put, patch or swap.`,
    );
  }
}

/** The empty docs an atom begins with are nobody's write, and are not judged. */
function judgeWrites<D>(validate: (docs: DocMap<D>) => boolean | void): (docs: DocMap<D>) => boolean | void {
  let initial = true;
  return (docs) => {
    if (!initial) return validate(docs);
    initial = false;
  };
}

/**
 * The atom of a group; opened twice, it is the same atom. `close()` it as often.
 *
 * @throws ClientError `CLOSED`, `GROUP_IN_USE`; ProtocolError `BAD_GROUP`, `BAD_PREFIX`
 */
export function syncedAtom<D>(sync: AtomSync, group: string, options: SyncedAtomOptions<D> = {}): SyncedAtom<D> {
  const prefix = options.prefix ?? '';
  assertGroup(group);
  if (prefix !== '') assertPrefix(prefix);
  return sync.acquire('synced atom', group, prefix, (host) => new SyncedAtom<D>(sync, group, options, host));
}
