import type { Commit, DocState, FeedCursor, Limits, LineState, Result, Version } from './parts';

export interface Welcome {
  readonly type: 'welcome';
  readonly epoch: string;
  /** Milliseconds since 1970 by the server's clock. */
  readonly time: number;
  readonly limits: Limits;
}

/** One page of a catch-up. The client applies all pages as one, when the page with `cursor` has come. */
export interface Changes {
  readonly type: 'changes';
  readonly group: string;
  /** The version the catch-up began at; 0 with a full one, whose docs replace all that the client has. */
  readonly from: Version;
  readonly docs: readonly DocState[];
  /** Only with the last page: where the feed stands now. */
  readonly cursor?: FeedCursor;
  /** Only with the last page: the client's line and those named in `subscribe`, in the same snapshot as the head. */
  readonly lines: readonly LineState[];
  /**
   * Only with the last page: clients from this schema version on may read and write all docs of the group, also
   * those of versions they do not know. Left out where nobody has said so.
   */
  readonly compatibleWith?: number;
}

/**
 * Live commits: all that the feed shows of the versions in (from, to]. Versions in between that are not
 * listed had nothing to show. A client at a version below `from` has missed something and subscribes again.
 */
export interface Commits {
  readonly type: 'commits';
  readonly group: string;
  readonly from: Version;
  readonly to: Version;
  readonly commits: readonly Commit[];
}

/** The answers to one push, after the commits they name. Mutations behind a stale one were not tried. */
export interface Pushed {
  readonly type: 'pushed';
  readonly group: string;
  readonly clientId: string;
  readonly results: readonly Result[];
}

/** A right was withdrawn: drop these docs (or the whole group) and their local remains. */
export interface Forget {
  readonly type: 'forget';
  readonly group: string;
  readonly keys?: readonly string[];
}

/** The cursor does not hold here any more: full pages follow, and replace what the client has. */
export interface Resync {
  readonly type: 'resync';
  readonly group: string;
  readonly reason: 'epoch' | 'feed' | 'purged' | 'cursor';
}

/** The versions through which the connection's feeds have been sent. */
export interface Pong {
  readonly type: 'pong';
  readonly heads: ReadonlyMap<string, Version>;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Milliseconds. */
  readonly retryAfter?: number;
  /** The group the failed message spoke of. */
  readonly group?: string;
}

export type DownMessage = Welcome | Changes | Commits | Pushed | Forget | Resync | Pong | ErrorMessage;
