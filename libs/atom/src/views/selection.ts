import type { Doc } from '../doc-map';
import { Order } from './order';
import type { Feed, Row } from './row';
import { RowStage } from './row-stage';
import type { Stage } from './stage';
import { ViewError } from './view-error';
import type { SortBy } from './view-query';

/** Those rows of a stage that pass, in its order or in one of their own. Each is looked at once when it comes. */
export class Selection<D> extends RowStage<D> {
  readonly #where: ((doc: Doc<D>, key: string) => boolean) | undefined;

  constructor(
    parent: Stage<D>,
    where: ((doc: Doc<D>, key: string) => boolean) | undefined,
    sortBy: SortBy<D> | undefined,
  ) {
    super(parent, sortBy === undefined ? parent.order : new Order(sortBy));
    this.#where = where;
  }

  protected override follow({ gone, come }: Feed<D> = { gone: [], come: this.parent.all() }): Feed<D> {
    return { gone, come: this.#chosen(come) };
  }

  *#chosen(rows: Iterable<Row<D>>): Iterable<Row<D>> {
    const isSorted = this.order === this.parent.order;
    for (const row of rows) if (this.#passes(row)) yield isSorted ? row : this.order.row(row.entry);
  }

  #passes({ key, entry }: Row<D>): boolean {
    try {
      return this.#where?.(entry.doc, key) ?? true;
    } catch (cause) {
      throw new ViewError('where', key, cause);
    }
  }
}
