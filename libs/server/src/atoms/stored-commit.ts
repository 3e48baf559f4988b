import type { Version } from '@atomsync/protocol';
import type { DocRow } from '../store/commit-store';

/** What one commit left in the store, as the writer's transaction made it. */
export interface StoredCommit {
  readonly group: string;
  readonly version: Version;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly docs: readonly DocRow[];
}

/** The commits of one transaction by group, in the order of their versions. */
export type StoredCommits = ReadonlyMap<string, readonly StoredCommit[]>;
