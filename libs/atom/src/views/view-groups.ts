import type { Doc } from '../doc-map';
import { compareValues, sortable } from './compare-values';
import { Derived } from './derived';
import { nextWindow, type Frame } from './next-window';
import type { Row, Step } from './row';
import { RowSet } from './row-set';
import type { RowStage } from './row-stage';
import type { ViewEntry } from './view-entry';
import { ViewError } from './view-error';

type RowChange<D> = Pick<Step<D>, 'gone' | 'come'>;

type Groups<G, D> = ReadonlyMap<G, readonly ViewEntry<D>[]>;

const WHOLE: Frame = { offset: 0, limit: Infinity };

/** The entries of a view in groups. */
export class ViewGroups<G, D> extends Derived<D, Groups<G, D>> {
  readonly #by: (doc: Doc<D>, key: string) => G;
  #groupOf = new Map<string, G>();
  #rowsOf = new Map<G, RowSet<D>>();

  constructor(stage: RowStage<D>, by: (doc: Doc<D>, key: string) => G) {
    super(stage);
    this.#by = by;
  }

  protected override derive(before?: Groups<G, D>, step?: Step<D>): Groups<G, D> {
    if (before && step) return step.gone.length + step.come.length > 0 ? this.#follow(before, step) : before;
    this.#groupOf = new Map();
    this.#rowsOf = new Map();
    return this.#follow(new Map(), { gone: [], come: [...this.stage.all()] });
  }

  #follow(before: Groups<G, D>, change: RowChange<D>): Groups<G, D> {
    const after = new Map(before);
    for (const [group, part] of this.#parted(change)) {
      const rows = this.#rowsOf.get(group) ?? new RowSet(this.stage.order);
      const step = rows.apply(part);
      if (rows.size > 0) {
        this.#rowsOf.set(group, rows);
        after.set(group, nextWindow(rows, WHOLE, before.get(group), step));
      } else {
        this.#rowsOf.delete(group);
        after.delete(group);
      }
    }
    const isOrdered = [...after.keys()].every((group) => before.has(group));
    return isOrdered
      ? after
      : new Map([...after].sort(([a], [b]) => compareValues(sortable(a), sortable(b))));
  }

  /** A change by the groups it belongs to: what moves from one to another is gone there and comes here. */
  #parted({ gone, come }: RowChange<D>): ReadonlyMap<G, RowChange<D>> {
    const parts = new Map<G, Record<keyof RowChange<D>, Row<D>[]>>();
    const put = (group: G, how: keyof RowChange<D>, row: Row<D>): void => {
      const part = parts.get(group) ?? { gone: [], come: [] };
      part[how].push(row);
      parts.set(group, part);
    };
    for (const row of gone) put(this.#groupOf.get(row.key)!, 'gone', row);
    for (const { key } of gone) this.#groupOf.delete(key);
    for (const row of come) {
      const group = this.#group(row);
      put(group, 'come', row);
      this.#groupOf.set(row.key, group);
    }
    return parts;
  }

  #group({ key, entry }: Row<D>): G {
    try {
      return this.#by(entry.doc, key);
    } catch (cause) {
      throw new ViewError('groupBy', key, cause);
    }
  }
}
