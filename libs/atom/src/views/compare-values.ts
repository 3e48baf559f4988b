/** What docs can be sorted by. */
export type Sortable = string | number | bigint | boolean | Date | null | undefined;

const RANK: Readonly<Record<string, number>> = { undefined: 0, boolean: 1, number: 2, bigint: 2, string: 3 };

/** A value as it is sorted: nothing for `null`, a date as its time, all that has no order of its own as its text. */
export const sortable = (value: unknown): unknown => {
  if (value === null) return undefined;
  if ((typeof value) in RANK) return value;
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- those that have no text of their own are all alike
  return value instanceof Date ? value.getTime() : String(value);
};

/**
 * The order of what `sortable` gives, total over all of it: nothing, `false`, `true`, NaN, numbers with bigints,
 * strings by UTF-16 code units.
 */
export const compareValues = (a: unknown, b: unknown): number => {
  const order = typeof a === typeof b ? 0 : RANK[typeof a]! - RANK[typeof b]!;
  if (order !== 0) return order;
  // Of two values of one rank, only NaN is neither less than, nor greater than, nor the same as another.
  const [x, y] = [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : Number(Number.isNaN(y)) - Number(Number.isNaN(x));
};
