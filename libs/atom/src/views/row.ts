import type { RankTree } from './rank-tree';
import type { ViewEntry } from './view-entry';

/** An entry with what it is sorted by. */
export interface Row<D> {
  readonly key: string;
  readonly entry: ViewEntry<D>;
  /** One value for each term of the order. */
  readonly sort: readonly unknown[];
}

/** What leaves a set of rows, and what comes to it; a row that is replaced does both. */
export interface Feed<D> {
  readonly gone: Iterable<{ readonly key: string }>;
  readonly come: Iterable<Row<D>>;
}

/** What has changed in a set of rows. */
export interface Step<D> extends Feed<D> {
  readonly gone: readonly Row<D>[];
  readonly come: readonly Row<D>[];
  /** The rows before, where somebody had asked for them in order. */
  readonly before: RankTree<Row<D>> | undefined;
}
