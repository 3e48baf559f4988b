import type { Observable } from 'rxjs';
import type { Doc, DocMap } from '../doc-map';
import { AtomError, show } from '../errors';
import { readPart } from '../parts';
import { Derived } from './derived';
import { docSource } from './doc-source';
import { groupRows } from './group-rows';
import { nextWindow, type Frame } from './next-window';
import type { RowStage } from './row-stage';
import { selection } from './selection';
import type { Stage } from './stage';
import type { ViewEntry } from './view-entry';
import type { ViewQuery } from './view-query';
import { windowRows } from './window-rows';

/**
 * A live query: the docs of an atom that pass, sorted, or a part of them. Whoever subscribes gets the entries as they
 * are, synchronously, and then again whenever one of those it shows has changed, at the cost of what has changed. It
 * is computed once for all subscribers, and not at all without one. It ends with its atom.
 *
 * Errors: a {@link ViewError} where a function of the query throws, for the subscriber alone.
 *
 * @example
 * const open = view(todos, { where: (todo) => !todo.done, sortBy: 'text' });
 * open.subscribe((entries) => entries.forEach(({ key, doc }) => console.log(key, doc.text)));
 */
export class View<D> extends Derived<D, readonly ViewEntry<D>[]> {
  readonly #frame: Frame;

  /** @internal Made by {@link view}. */
  constructor(stage: RowStage<D>, frame: Frame) {
    super(stage, (before, step) => nextWindow(stage.rows, frame, before, step));
    this.#frame = frame;
  }

  /**
   * A view of what this one shows: of its entries those that pass, in its order unless there is a `sortBy`, and of
   * these the part from `offset` on. What this view has found out is shared and not asked again.
   *
   * @throws {AtomError} `BAD_ARGS`
   * @example
   * const page = open.view({ offset: 50, limit: 50 });
   */
  view(query: ViewQuery<D> = {}): View<D> {
    if (query.where || query.sortBy) return select(this.#shown, query);
    const { offset, limit } = frameOf(query);
    const own = this.#frame;
    return new View(this.stage, {
      offset: own.offset + offset,
      limit: Math.max(0, Math.min(limit, own.limit - offset)),
    });
  }

  /** How many entries the view has; told again when that changes. Sorts nothing. */
  count(): Observable<number> {
    const { offset, limit } = this.#frame;
    return new Derived(this.stage, () => Math.max(0, Math.min(this.stage.rows.size - offset, limit)));
  }

  /**
   * The entries by group, each group in the view's order. Groups are told apart as the keys of a Map are, are in the
   * order that `sortBy` would give them, and there are none without entries. Arrays of groups in which nothing has
   * changed stay the same; what moves between two groups is in both in one emission.
   *
   * @example
   * todos.view({ sortBy: 'due' }).groupBy('list').subscribe((lists) => lists.get('work')?.length);
   */
  groupBy<K extends keyof Doc<D> & string>(
    field: K,
  ): Observable<ReadonlyMap<Doc<D>[K], readonly ViewEntry<D>[]>>;
  groupBy<G>(by: (doc: Doc<D>, key: string) => G): Observable<ReadonlyMap<G, readonly ViewEntry<D>[]>>;
  groupBy(
    by: string | ((doc: Doc<D>, key: string) => unknown),
  ): Observable<ReadonlyMap<unknown, readonly ViewEntry<D>[]>> {
    const stage = this.#shown;
    return new Derived(stage, groupRows(stage, typeof by === 'function' ? by : (doc) => readPart(doc, by)));
  }

  get #shown(): RowStage<D> {
    const { offset, limit } = this.#frame;
    return offset === 0 && limit === Infinity ? this.stage : windowRows(this.stage, this.#frame);
  }
}

/**
 * A {@link View} of the docs of an atom, a cursor, or any stream of doc maps. All views of one source change together:
 * whoever hears of one finds the others as new.
 *
 * @throws {AtomError} `BAD_ARGS` for a limit or an offset that is no count
 * @example
 * view(todos, { where: (todo) => !todo.done, sortBy: ['list', { by: 'due', direction: 'desc' }], limit: 50 });
 */
export const view = <D>(source: Observable<DocMap<D>>, query: ViewQuery<D> = {}): View<D> =>
  select(docSource(source), query);

const select = <D>(parent: Stage<D>, query: ViewQuery<D>): View<D> =>
  new View(selection(parent, query), frameOf(query));

const frameOf = ({ offset = 0, limit = Infinity }: Pick<ViewQuery<unknown>, keyof Frame>): Frame => {
  for (const [name, count] of Object.entries({ offset, limit })) {
    if (count >= 0 && (Number.isInteger(count) || count === Infinity)) continue;
    throw new AtomError('BAD_ARGS', `The ${name} of a view is ${show(count)}; it is an integer from 0.`);
  }
  return { offset, limit };
};
