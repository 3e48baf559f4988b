import type { Order } from './order';
import { editRow, rankTreeFrom, sizeOf, type RankTree } from './rank-tree';
import type { Feed, Row, Step } from './row';

// When more than this share of the rows change, sorting all of them is cheaper than finding a place for each.
const MANY = 1 / 4;

/** Rows by key, and in order once somebody asks for that: who only counts them does not pay for it. */
export class RowSet<D> {
  readonly order: Order<D>;
  readonly #rows = new Map<string, Row<D>>();
  #tree: RankTree<Row<D>> | undefined;

  constructor(order: Order<D>) {
    this.order = order;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row<D> | undefined {
    return this.#rows.get(key);
  }

  /** All rows, in no order. */
  all(): Iterable<Row<D>> {
    return this.#rows.values();
  }

  /** The rows in order. @throws {ViewError} */
  get tree(): RankTree<Row<D>> {
    return (this.#tree ??= this.#sorted());
  }

  /** @throws {ViewError}, and then the set is of no more use. */
  apply(feed: Feed<D>): Step<D> {
    const before = this.#tree;
    const gone: Row<D>[] = [];
    for (const { key } of feed.gone) {
      const row = this.#rows.get(key);
      if (row && this.#rows.delete(key)) gone.push(row);
    }
    const come = [...feed.come];
    for (const row of come) this.#rows.set(row.key, row);
    if (before !== undefined) this.#tree = this.#edited(before, gone, come);
    return { gone, come, before };
  }

  #edited(before: RankTree<Row<D>>, gone: readonly Row<D>[], come: readonly Row<D>[]): RankTree<Row<D>> {
    if (gone.length + come.length > sizeOf(before) * MANY) return this.#sorted();
    let tree = before;
    for (const row of gone) tree = editRow(tree, row, this.order.compare, false);
    for (const row of come) tree = editRow(tree, row, this.order.compare, true);
    return tree;
  }

  #sorted(): RankTree<Row<D>> {
    return rankTreeFrom([...this.#rows.values()].sort(this.order.compare));
  }
}
