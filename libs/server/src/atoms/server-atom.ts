import { AtomError, isNamedSwap, type Doc, type DocInput, type DocMap, type SwapArg } from '@atomsync/atom';
import { assertGroup, assertKey, encodeBody, type Change, type DocState } from '@atomsync/protocol';
import { defer, filter, map, mergeMap, type Observable } from 'rxjs';
import type { Principal } from '../auth/sync-auth';
import type { AtomHost } from './atom-host';
import { changesFromNow, changesSince } from './changes-since';
import { toCommit, type Commit } from './commit';
import { liveRange } from './commit-feed';
import { DocForms } from './doc-forms';
import type { WriteOutcome } from './queued-write';
import { readRange } from './read-range';
import { runOnDocs, type DocsFunction } from './run-on-docs';
import { ServerCursor } from './server-cursor';

/** Who writes where nobody else is named. */
const SERVER: Principal = { id: 'server' };

/**
 * The docs of one group, read from the store and written through it: the same in every client that opens the group.
 * It holds no docs, whatever the size of the group. Writes are decided with the clients' pushes, under the same
 * schemas, and resolve when they are durable. Docs are frozen in development.
 *
 * @example
 * const todos = sync.atom<Todo>('todo');
 * const { version } = await todos.at('todo:1').swap((todo) => ({ ...todo, done: true }));
 * for await (const [key, todo] of todos.range('todo:')) console.log(key, todo.text);
 */
export class ServerAtom<D> {
  readonly #host: () => AtomHost;
  readonly #principal: Principal | undefined;

  /** @internal Use `AtomSyncService.atom` or `SyncHub.atom`. */
  constructor(
    readonly group: string,
    host: () => AtomHost,
    principal?: Principal,
  ) {
    assertGroup(group);
    this.#host = host;
    this.#principal = principal;
  }

  /**
   * Commits from now on, each after it is durable; those that changed nothing are left out. Those of other gateways may
   * come merged.
   */
  get changes$(): Observable<Commit<D>> {
    return defer(() => {
      const host = this.#host();
      const forms = this.#forms(host);
      if (host.neighbours !== undefined) return changesFromNow(host, forms);
      return host.committed$.pipe(
        mergeMap((stored) => stored.get(this.group) ?? []),
        filter(({ docs }) => docs.length > 0),
        map((commit) => toCommit(host, forms, liveRange(commit, host.epoch.ordinal))),
      );
    });
  }

  /**
   * Commits behind the one with this id, then those to come; without an id all docs there are come first. What was
   * missed comes merged, page by page.
   *
   * It ends with `CURSOR_LOST` where the data was restored from a backup of before that commit: begin anew without an id.
   */
  changesSince(id?: string): Observable<Commit<D>> {
    return defer(() => {
      const host = this.#host();
      return changesSince(host, this.#forms(host), id);
    });
  }

  /** The same docs, written in somebody's name: `authorize` of the app's auth is asked for each doc. */
  as(principal: Principal): ServerAtom<D> {
    return new ServerAtom(this.group, this.#host, principal);
  }

  /** The doc under a key. */
  async get(key: string): Promise<Doc<D> | undefined> {
    const host = this.#host();
    assertKey(key, host.options.limits.maxKey);
    const { group } = this;
    const needs = { groups: [], docs: [{ group, key }], lines: [] };
    const rows = await host.turns.take(() => host.options.store.read((reader) => reader.load(needs)));
    return this.#forms(host).read(rows.docs[0]);
  }

  /**
   * The docs whose keys begin with `prefix`, in the store's order of keys, read page by page as they are asked for.
   * Each page is as of its own moment.
   */
  range(prefix = ''): AsyncIterable<readonly [string, Doc<D>]> {
    return readRange(this.#host, this.group, prefix, (host) => this.#forms(host));
  }

  /** One doc, to be swapped, reset or removed. With a default there always is one. */
  at(key: string, options?: { readonly default: DocInput<D> }): ServerCursor<D> {
    return new ServerCursor<D>(this, key, options?.default);
  }

  /**
   * Runs a function on some docs, all or nothing, in the commit itself. It may look at and change the docs under `keys`
   * alone, and is pure and synchronous.
   *
   * @throws AtomSyncServerError `OUT_OF_SCOPE`, `HUB_CLOSED`, `COMMIT_FAILED`
   * @throws ProtocolError `INVALID` where the schema refuses the outcome, `FORBIDDEN`, and what bounds docs
   * @example
   * await accounts.transact(['a', 'b'], (docs) => docs.update('a', (n) => n - 1).update('b', (n) => n + 1));
   */
  transact<A extends readonly SwapArg[]>(
    keys: readonly string[],
    fn: (docs: DocMap<D>, ...args: A) => DocMap<D>,
    ...args: A
  ): Promise<Commit<D>> {
    const run: DocsFunction<D> = (docs) => fn(docs, ...args);
    return this.#write(keys, (forms, doc) => runOnDocs(run, keys, forms, doc));
  }

  /**
   * As `transact`, for a named swap whose definition names its docs.
   *
   * @example
   * const transfer = defineSwap('transfer', move, { keys: (from: string, to: string) => [from, to] });
   * await accounts.swap(transfer, 'a', 'b', 10);
   */
  async swap<A extends readonly SwapArg[]>(
    fn: (docs: DocMap<D>, ...args: A) => DocMap<D>,
    ...args: A
  ): Promise<Commit<D>> {
    const keysOf = isNamedSwap(fn)
      ? (fn.swapKeys as ((...args: A) => readonly string[]) | undefined)
      : undefined;
    if (keysOf === undefined) {
      throw new AtomError(
        'BAD_ARGS',
        'The docs of a group are not in memory here, so a swap has to name those it touches: ' +
          'use transact(keys, fn), at(key).swap(fn), or defineSwap with keys.',
      );
    }
    return this.transact(keysOf(...args), fn, ...args);
  }

  /** Puts a doc as a whole, whatever it was. */
  put(key: string, doc: DocInput<D>): Promise<Commit<D>> {
    return this.#write([key], (forms, current) => {
      const schemaVersion = forms.version ?? current(key)?.schemaVersion ?? 1;
      return [{ kind: 'put', key, schemaVersion: Math.max(schemaVersion, 1), body: encodeBody(doc) }];
    });
  }

  /**
   * Sets some fields of a doc.
   *
   * @throws AtomError `NO_SUCH_DOC`
   */
  patch(key: string, fields: Partial<DocInput<D>>): Promise<Commit<D>> {
    return this.transact([key], (docs) => docs.update(key, (doc) => ({ ...doc, ...fields })));
  }

  /** Deletes a doc; nothing happens when there is none. */
  remove(key: string): Promise<Commit<D>> {
    return this.at(key).remove();
  }

  async #write(
    keys: readonly string[],
    run: (forms: DocForms<D>, doc: (key: string) => DocState | undefined) => readonly Change[],
  ): Promise<Commit<D>> {
    const host = this.#host();
    const forms = this.#forms(host);
    for (const key of keys) assertKey(key, host.options.limits.maxKey);
    const principal = this.#principal ?? SERVER;
    const outcome = await new Promise<WriteOutcome>((done) =>
      host.write({
        ...{ group: this.group, keys, principal, done },
        clientId: host.lineOf(principal),
        trusted: this.#principal === undefined,
        run: (doc) => run(forms, doc),
      }),
    );
    switch (outcome.kind) {
      case 'failed':
        throw outcome.error;
      case 'accepted':
        return toCommit(host, forms, liveRange(outcome.commit, host.epoch.ordinal));
      case 'unchanged': {
        const { version, epoch } = outcome;
        const at = host.options.clock();
        return toCommit(host, forms, { from: version, to: version, epoch, at, purged: false, docs: [] });
      }
    }
  }

  #forms(host: AtomHost): DocForms<D> {
    return new DocForms<D>(this.group, host.options.features);
  }
}
