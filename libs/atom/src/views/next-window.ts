import { eachRow, rankOf, sizeOf } from './rank-tree';
import type { Step } from './row';
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
// More rows than this are not handed over as arguments: there is a limit to these.
const MOST = 10_000;

/**
 * What is seen of `rows` through `frame`, when `step` has led to them and `seen` was seen before; that very array where
 * nothing in it has changed. The tree is asked for a place for each change, and for the rows from the first to the last
 * change within the window. All others are copied: those before as they stood, those behind moved by as many as have
 * come more than have gone.
 */
export const nextWindow = <D>(
  rows: RowSet<D>,
  { offset, limit }: Frame,
  seen?: Entries<D>,
  step?: Step<D>,
): Entries<D> => {
  const end = Math.max(offset, Math.min(offset + limit, sizeOf(rows.tree)));
  const read = (from: number, to: number): ViewEntry<D>[] => {
    const entries: ViewEntry<D>[] = [];
    eachRow(rows.tree, from, to, ({ entry }) => entries.push(entry));
    return entries;
  };
  if (!seen || !step) return read(offset, end);

  let next: ViewEntry<D>[] | undefined;
  // Before `kept` nothing has changed, from `from` on nothing but places.
  let kept = offset;
  if (step.gone.length + step.come.length <= Math.min(seen.length * MANY, MOST)) {
    const [first, last] = spanOf(rows, step);
    if (first >= offset + limit) return seen;
    const by = step.come.length - step.gone.length;
    const from = Math.min(end, Math.max(last, offset, offset + by));
    kept = Math.max(offset, first);
    if (from - kept <= MOST) {
      next = seen.toSpliced(kept - offset, from - by - kept, ...read(kept, from));
      next.length = Math.min(next.length, end - offset);
      next.push(...read(offset + next.length, end));
    }
  }
  next ??= read(offset, end);
  if (next.length !== seen.length) return next;
  for (let at = kept - offset; at < next.length; at++) if (next[at] !== seen[at]) return next;
  return seen;
};

/** The place of the first change, and the one behind the last, in the new order. */
const spanOf = <D>(
  { tree, order: { compare } }: RowSet<D>,
  { gone, come, before = null }: Step<D>,
): [number, number] => {
  let [first, last] = [Infinity, 0];
  const meet = (place: number, by: number): void => {
    first = Math.min(first, place);
    last = Math.max(last, place + 1 + by);
  };
  for (const row of gone) meet(rankOf(before, row, compare), come.length - gone.length);
  for (const row of come) meet(rankOf(tree, row, compare), 0);
  return [first, last];
};
