import type { Doc } from '../doc-map';

/** One row of a view. As long as the doc under a key is the same, the view shows the very same entry. */
export interface ViewEntry<D> {
  readonly key: string;
  readonly doc: Doc<D>;
}
