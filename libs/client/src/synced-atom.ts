import {
  AtomError,
  DocMap,
  view,
  type DocInput,
  type View,
  type ViewQuery,
  type Write,
} from '@atomsync/atom';
import { assertGroup, assertPrefix } from '@atomsync/protocol';
import type { AtomSync } from './atom-sync';
import { ClientError } from './errors';
import type { GroupHost } from './group-host';
import { isWholeReset, Synced } from './synced';
import type { SyncOptions } from './write-rules';

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
export class SyncedAtom<D> extends Synced<DocMap<D>, D> {
  /** @internal Use {@link syncedAtom}. */
  constructor(sync: AtomSync, name: string, options: SyncedAtomOptions<D>, host: GroupHost) {
    super({
      sync,
      host,
      name,
      options,
      prefix: options.prefix ?? '',
      initial: DocMap.empty<D>(),
      validate: options.validate && judgeWrites(options.validate),
      read: (docs) => docs,
      locate: (write) => write,
    });
  }

  /** Puts a new doc under a new key, sorted by time of making, and returns the key. */
  add(doc: DocInput<D>): string {
    const key = `${this.group.prefix}${this.sync.newKey()}`;
    this.put(key, doc);
    return key;
  }

  /** Puts a doc as a whole. Where others wrote it meanwhile, the fields are merged. */
  put(key: string, doc: DocInput<D>): void {
    this.writeData((docs) => docs.with(key, doc));
  }

  /**
   * Sets some fields of a doc.
   *
   * @throws AtomError `NO_SUCH_DOC`
   */
  patch(key: string, fields: Partial<DocInput<D>>): void {
    this.writeData((docs) => docs.update(key, (doc) => ({ ...doc, ...fields })));
  }

  /** Deletes a doc; nothing happens when there is none. */
  remove(key: string): void {
    this.writeData((docs) => docs.without(key));
  }

  /**
   * A live query: those docs that pass, sorted, or a part of them, as an `Observable<readonly { key, doc }[]>` that is
   * kept up at the cost of what changes. See `View` of `@atomsync/atom`.
   *
   * @throws AtomError `BAD_ARGS`
   * @example
   * const open = todos.view({ where: (todo) => !todo.done, sortBy: 'text', limit: 50 });
   * open.subscribe((entries) => entries.forEach(({ key, doc }) => console.log(key, doc.text)));
   */
  view(query?: ViewQuery<D>): View<D> {
    return view(this, query);
  }

  protected override gate(write: Write): DocMap<D> {
    if (isWholeReset(write)) this.#assertResettable(write.value);
    return super.gate(write);
  }

  #assertResettable(value: unknown): void {
    if (!(value instanceof DocMap)) {
      throw new AtomError(
        'BAD_DOC',
        'A synced atom holds a DocMap. Make one with DocMap.from(…), or write single docs with put.',
      );
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
 * @throws ClientError `CLOSED`, `GROUP_IN_USE`; ProtocolError `INVALID_GROUP`, `INVALID_PREFIX`
 */
export function syncedAtom<D>(
  sync: AtomSync,
  group: string,
  options: SyncedAtomOptions<D> = {},
): SyncedAtom<D> {
  const prefix = options.prefix ?? '';
  assertGroup(group);
  if (prefix !== '') assertPrefix(prefix);
  return sync.acquire('synced atom', group, prefix, (host) => new SyncedAtom<D>(sync, group, options, host));
}
