import type { Doc, DocInput, SwapArg, Write } from '@atomsync/atom';
import { runWrite } from '@atomsync/atom';
import type { Commit } from './commit';
import type { DocsFunction } from './run-on-docs';

/** What a cursor needs of its atom. */
export interface CursorAtom<D> {
  get(key: string): Promise<Doc<D> | undefined>;
  transact(keys: readonly string[], fn: DocsFunction<D>): Promise<Commit<D>>;
}

/**
 * One doc of a group on the server, to be read and written.
 *
 * @example
 * await todos.at('todo:1').swap((todo) => ({ ...todo, done: true }));
 */
export class ServerCursor<D> {
  /** @internal Made by `at`. */
  constructor(
    private readonly atom: CursorAtom<D>,
    readonly key: string,
    private readonly standIn: DocInput<D> | undefined,
  ) {}

  /** The doc, or what was given as its default. */
  async get(): Promise<Doc<D> | undefined> {
    return (await this.atom.get(this.key)) ?? (this.standIn as Doc<D> | undefined);
  }

  /**
   * Sets the doc to `fn(doc, ...args)`, computed in the commit itself, so that nothing comes between. `fn` is pure and
   * synchronous. The very same doc back: nothing happens.
   *
   * @throws AtomError `NO_SUCH_DOC` on an absent doc without a default
   * @throws ProtocolError `INVALID` where the schema refuses the outcome, `FORBIDDEN`, and what bounds docs
   */
  swap<A extends readonly SwapArg[]>(
    fn: (current: Doc<D>, ...args: A) => DocInput<D>,
    ...args: A
  ): Promise<Commit<D>>;
  swap<const A extends readonly SwapArg[]>(
    fn: (current: Doc<D>, ...args: A) => DocInput<D>,
    ...args: A
  ): Promise<Commit<D>>;
  swap(
    fn: (current: Doc<D>, ...args: never) => DocInput<D>,
    ...args: readonly unknown[]
  ): Promise<Commit<D>> {
    const { standIn } = this;
    const defaults = standIn === undefined ? [] : [{ depth: 1, value: standIn }];
    const write: Write = { kind: 'swap', path: [this.key], fn, args, defaults };
    return this.atom.transact([this.key], (docs) => runWrite(write, docs));
  }

  /** Puts the doc as a whole, whatever it was. */
  reset(doc: DocInput<D>): Promise<Commit<D>> {
    return this.atom.transact([this.key], (docs) => docs.with(this.key, doc));
  }

  /** Deletes the doc; nothing happens when there is none. */
  remove(): Promise<Commit<D>> {
    return this.atom.transact([this.key], (docs) => docs.without(this.key));
  }
}
