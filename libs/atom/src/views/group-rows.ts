import type { Doc } from '../doc-map';
import { compareValues, sortable } from './compare-values';
import type { Derive } from './derived';
import { nextWindow } from './next-window';
import type { Row, Step } from './row';
import { RowSet } from './row-set';
import type { RowStage } from './row-stage';
import type { ViewEntry } from './view-entry';
import { asked } from './view-error';

type Groups<G, D> = ReadonlyMap<G, readonly ViewEntry<D>[]>;
type Part<D> = Record<'gone' | 'come', Row<D>[]>;

const WHOLE = { offset: 0, limit: Infinity };

/** Keeps the rows of a stage in groups. */
export const groupRows = <G, D>(
  stage: RowStage<D>,
  by: (doc: Doc<D>, key: string) => G,
): Derive<D, Groups<G, D>> => {
  let groupOf: Map<string, G>;
  let rowsOf: Map<G, RowSet<D>>;

  /** A change by the groups it belongs to: what moves from one to another is gone there and comes here. */
  const parted = (gone: Iterable<Row<D>>, come: Iterable<Row<D>>): ReadonlyMap<G, Part<D>> => {
    const parts = new Map<G, Part<D>>();
    const put = (group: G, how: keyof Part<D>, row: Row<D>): void => {
      const part = parts.get(group) ?? { gone: [], come: [] };
      part[how].push(row);
      parts.set(group, part);
    };
    for (const row of gone) put(groupOf.get(row.key)!, 'gone', row);
    for (const row of gone) groupOf.delete(row.key);
    for (const row of come) {
      const group = asked('groupBy', row.key, () => by(row.entry.doc, row.key));
      put(group, 'come', row);
      groupOf.set(row.key, group);
    }
    return parts;
  };

  const follow = (before: Groups<G, D>, { gone, come }: Pick<Step<D>, 'gone' | 'come'>): Groups<G, D> => {
    const after = new Map(before);
    for (const [group, part] of parted(gone, come)) {
      const rows = rowsOf.get(group) ?? new RowSet(stage.order);
      const step = rows.apply(part);
      rowsOf.set(group, rows);
      after.set(group, nextWindow(rows, WHOLE, before.get(group), step));
      if (rows.size === 0) [rowsOf, after].forEach((map) => map.delete(group));
    }
    const isOrdered = [...after.keys()].every((group) => before.has(group));
    return isOrdered
      ? after
      : new Map([...after].sort(([a], [b]) => compareValues(sortable(a), sortable(b))));
  };

  return (before, step) => {
    if (before && step) return step.gone.length + step.come.length > 0 ? follow(before, step) : before;
    groupOf = new Map();
    rowsOf = new Map();
    return follow(new Map(), { gone: [], come: [...stage.all()] });
  };
};
