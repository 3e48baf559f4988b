import type { Commit } from './commit';

/** Someone who is told of the commits of some groups. */
export interface CommitHandler {
  /** Its place is kept under this name: the same one from start to start, and no other handler's. */
  readonly name: string;
  /** A group's name, or a pattern: `list/*`. Groups that match are found as they are made. */
  readonly group: string;
  /** Resolves when the commit is dealt with; until then the group's next one waits. What it throws is tried again. */
  handle(commit: Commit): unknown;
}
