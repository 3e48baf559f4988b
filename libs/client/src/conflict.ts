import type { PathStep } from '@atomsync/protocol';

/** Which side of a conflict the atom went on with. */
export type Kept = 'mine' | 'theirs' | 'other';

/**
 * Settles two writes of one field (or of one doc as a whole, with an empty path). Gets the field's value
 * before both writes, and the two written ones; `undefined` stands for an absent field or doc.
 */
export type ConflictRule = (
  base: unknown,
  mine: unknown,
  theirs: unknown,
  where: { readonly key: string; readonly path: readonly PathStep[] },
) => unknown;

/** How two writes of one field are settled. */
export type ConflictPolicy = 'rebase' | 'server-wins' | 'last-write-wins' | ConflictRule;

/** Two writes of one field, and what became of them. */
export interface Conflict {
  readonly key: string;
  /** The field within the doc; empty for the doc as a whole. */
  readonly path: readonly PathStep[];
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly kept: Kept;
  readonly policy: 'rebase' | 'server-wins' | 'last-write-wins' | 'function';
}
