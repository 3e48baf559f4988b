import type { Doc } from '../doc-map';
import type { Sortable } from './compare-values';

/** What a view shows: which docs, in which order, and which part of them. */
export interface ViewQuery<D> {
  /** Which docs. All by default. Pure: it is asked again when a doc has changed, and at no other time. */
  readonly where?: ((doc: Doc<D>, key: string) => boolean) | undefined;
  /** In which order; docs that are alike in it are in the order of their keys. By key by default. */
  readonly sortBy?: SortBy<D> | undefined;
  /** How many at most: an integer from 0. All by default. */
  readonly limit?: number | undefined;
  /** How many to leave out before the first one: an integer from 0. */
  readonly offset?: number | undefined;
}

/** The fields of a doc that can be sorted by as they are. */
type SortField<T> = [T] extends [readonly unknown[]]
  ? never
  : [T] extends [object]
    ? { [K in keyof T]-?: T[K] extends Sortable ? K : never }[keyof T] & string
    : never;

/** A field, or what is made of a doc. */
export type SortKey<D> = SortField<Doc<D>> | ((doc: Doc<D>, key: string) => Sortable);

/**
 * By what to sort: a field or a function alone is ascending. Nothing (`undefined`, `null`) comes before `false`,
 * `true`, NaN, numbers with bigints and dates (by time), and strings (by UTF-16 code units); descending is all of it
 * the other way round. `compare` is for orders of one's own, such as that of a language.
 *
 * @example
 * { by: 'due', direction: 'desc' }
 * { compare: (a, b) => german.compare(a.name, b.name) } // german = new Intl.Collator('de')
 */
export type SortTerm<D> =
  | SortKey<D>
  | { readonly by: SortKey<D>; readonly direction?: SortDirection | undefined }
  | { readonly compare: (a: Doc<D>, b: Doc<D>) => number; readonly direction?: SortDirection | undefined };

export type SortDirection = 'asc' | 'desc';

/** One term, or several: the later ones decide where the earlier ones find docs alike. */
export type SortBy<D> = SortTerm<D> | readonly SortTerm<D>[];
