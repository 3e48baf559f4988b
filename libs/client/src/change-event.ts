import type { Doc } from '@atomsync/atom';

/** One doc of a change. */
export interface DocEdit<D> {
  readonly key: string;
  readonly before: Doc<D> | undefined;
  readonly after: Doc<D> | undefined;
}

/** A change of a synced atom: an own write, or a commit (or catch-up) of others'. */
export interface ChangeEvent<D> {
  readonly origin: 'local' | 'remote';
  readonly docs: readonly DocEdit<D>[];
}
