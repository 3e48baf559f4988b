import { Order } from './order';
import type { Row } from './row';
import { RowStage } from './row-stage';
import type { Stage } from './stage';
import { asked } from './view-error';
import type { ViewQuery } from './view-query';

/** Those rows of a stage that pass, in its order or in one of their own. Each is looked at once, when it comes. */
export const selection = <D>(parent: Stage<D>, { where, sortBy }: ViewQuery<D>): RowStage<D> => {
  const order = sortBy === undefined ? parent.order : new Order(sortBy);
  const chosen = function* (rows: Iterable<Row<D>>): Iterable<Row<D>> {
    for (const row of rows) {
      const { key, entry } = row;
      if (!where || asked('where', key, () => where(entry.doc, key)))
        yield order === parent.order ? row : order.row(entry);
    }
  };
  return new RowStage(parent, order, (step) => ({
    gone: step?.gone ?? [],
    come: chosen(step?.come ?? parent.all()),
  }));
};
