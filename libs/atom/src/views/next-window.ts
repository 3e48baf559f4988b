import type { Order } from './order';
import { eachRow, rankOf, sizeOf } from './rank-tree';
import type { Row, Step } from './row';
import type { RowSet } from './row-set';
import type { ViewEntry } from './view-entry';

/** Which part of the rows is seen. */
export interface Frame {
  readonly offset: number;
  readonly limit: number;
}

type Entries<D> = readonly ViewEntry<D>[];

// When more than this share of a window's rows change, reading all of it is cheaper than finding what is left of it.
const MANY = 1 / 8;

/**
 * What is seen of `rows` through `frame`, when `step` has led to them and `seen` was seen before; that very array where
 * nothing in it has changed. Costs a path in the tree for each change, and one copy of the array where it has changed.
 */
export const nextWindow = <D>(
  rows: RowSet<D>,
  frame: Frame,
  seen?: Entries<D>,
  step?: Step<D>,
): Entries<D> => {
  const { tree, order } = rows;
  const { offset } = frame;
  const end = Math.min(offset + frame.limit, sizeOf(tree));
  const read = (from: number, to: number): ViewEntry<D>[] => {
    const entries: ViewEntry<D>[] = [];
    eachRow(tree, from, to, ({ entry }) => entries.push(entry));
    return entries;
  };
  if (!seen || !step || step.gone.length + step.come.length > seen.length * MANY) {
    const next = read(offset, end);
    return seen?.length === next.length && next.every((entry, at) => entry === seen[at]) ? seen : next;
  }

  // Between two changes lie runs of rows that stayed: `at` in the old order, `to` in the new one.
  const gone = ranksOf(step.before ?? null, step.gone, order);
  const come = ranksOf(tree, step.come, order);
  const seenEnd = offset + seen.length;
  const parts: Entries<D>[] = [];
  let [at, to, atGone, atCome] = [0, 0, 0, 0];
  let isSame = seenEnd === Math.max(offset, end);
  while (to < end) {
    if (gone[atGone] === at) {
      atGone++;
      at++;
    } else if (come[atCome] === to) {
      if (to >= offset) {
        parts.push(read(to, to + 1));
        isSame = false;
      }
      atCome++;
      to++;
    } else {
      const run = Math.min((gone[atGone] ?? Infinity) - at, (come[atCome] ?? Infinity) - to, end - to);
      const by = to - at;
      [at, to] = [at + run, to + run];
      const from = Math.max(to - run, offset);
      if (from >= to) continue;
      if (by !== 0) isSame = false;
      // What of the run was seen already, in places of the new order.
      const known = Math.min(Math.max(from, offset + by), to);
      const knownEnd = Math.max(known, Math.min(to, seenEnd + by));
      parts.push(read(from, known));
      if (known < knownEnd) parts.push(seen.slice(known - by - offset, knownEnd - by - offset));
      parts.push(read(knownEnd, to));
    }
  }
  return isSame ? seen : ([] as ViewEntry<D>[]).concat(...parts);
};

const ranksOf = <D>(tree: RowSet<D>['tree'], rows: readonly Row<D>[], { compare }: Order<D>): number[] =>
  rows.map((row) => rankOf(tree, row, compare)).sort((a, b) => a - b);
