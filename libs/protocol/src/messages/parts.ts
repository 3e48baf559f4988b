/** A group's gapless commit number. 0 is the version before the first commit. */
export type Version = number;

/** Names one line of mutations: one process start, or one term of a leading tab. Never used again. */
export type ClientId = string;

/**
 * Where a feed stands. `token` is the server's (it names the epoch and the feed); a client sends it back
 * unread. `version` is the commit through which the client has everything the feed may show.
 */
export interface FeedCursor {
  readonly token: string;
  readonly version: Version;
}

/** A doc's encoded value: one CBOR item, decoded on its own. */
export type Body = Uint8Array;

/** The document as a whole. */
export interface PutChange {
  readonly kind: 'put';
  readonly key: string;
  readonly schemaVersion: number;
  readonly body: Body;
}

/** A path-level difference to the doc's version just before. */
export interface PatchChange {
  readonly kind: 'patch';
  readonly key: string;
  readonly schemaVersion: number;
  /** One encoded `Patch`. */
  readonly patch: Body;
}

/** The doc is gone; a tombstone remains until it is purged. */
export interface DeleteChange {
  readonly kind: 'delete';
  readonly key: string;
}

/** What one mutation, or one commit, does to one doc. */
export type Change = PutChange | PatchChange | DeleteChange;

/** A named swap to be run by the server on its own current value. */
export interface SwapCall {
  readonly name: string;
  /** The body of `[args, path, defaults]`; see `encodeSwapInput`. */
  readonly args: Body;
  /** The docs it is scoped to, in the order of its definition. */
  readonly keys: readonly string[];
}

/** The write set of one swap or reset in one group. */
export interface Mutation {
  /** 1, 2, 3… per line and group. */
  readonly number: number;
  readonly changes: readonly Change[];
  /** Keys read but not written; `'group'` when the outcome depends on all docs. */
  readonly reads: readonly string[] | 'group';
  /** When the mutation was made: milliseconds since 1970 by the client's clock. Only `last-write-wins` looks. */
  readonly madeAt: number;
  /** Present when the server may run the swap itself; `changes` is then the client's own result. */
  readonly call?: SwapCall;
  /** Milliseconds since 1970 after which the mutation is refused with `EXPIRED`. */
  readonly expiresAt?: number;
  /**
   * Present when the mutation covers what others wrote: the version of the docs it was first made on. Its author
   * had not seen what was committed after that. At most the `base` of its push.
   */
  readonly madeOn?: Version;
  /**
   * Never on the wire: set by `decodeUp` with `faults: 'keep'` on a mutation that breaks a limit or the key
   * rule, whose changes are then left out. To be refused for good with this code; its number is used up.
   */
  readonly fault?: Fault;
}

/** Why a mutation can never be accepted. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** One accepted mutation, as its group's feed shows it. */
export interface Commit {
  readonly version: Version;
  readonly clientId: ClientId;
  readonly number: number;
  /** `madeAt`, bounded by the server's clock: the docs' `updatedAt`. */
  readonly at: number;
  /** Only the changes that the feed may show. */
  readonly changes: readonly Change[];
  /** Of a mutation that covers what others wrote: see {@link Mutation.madeOn}; below `version`. */
  readonly madeOn?: Version;
}

/**
 * What commits later than `since`, and earlier than `by`, had made of a doc was covered by commits, the last of
 * them `by`, whose authors had not seen it.
 */
export interface Cover {
  readonly since: Version;
  readonly by: Version;
}

/** A doc as a catch-up page or a stale answer shows it; without `body` it is a tombstone. */
export interface DocState {
  readonly key: string;
  readonly version: Version;
  readonly at: number;
  readonly schemaVersion: number;
  readonly body?: Body;
  /** What has been covered of it, in the order of versions; absent when nothing was. */
  readonly covers?: readonly Cover[];
}

/** The answer to one mutation. A number is used up by `accepted` and `refused`, not by `stale`. */
export type Result =
  | { readonly number: number; readonly kind: 'accepted'; readonly version: Version }
  | { readonly number: number; readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly number: number;
      readonly kind: 'stale';
      /** The group's head the mutation was compared with. */
      readonly version: Version;
      /** The docs that are newer than the mutation's base. */
      readonly docs: readonly DocState[];
    };

/** An answer that uses its number up; the server keeps it until the client has said `seen`. */
export type FinalResult = Exclude<Result, { readonly kind: 'stale' }>;

/** Where a line of the subscriber's stands in a group, read in the same snapshot as the docs beside it. */
export interface LineState {
  readonly clientId: ClientId;
  /** The last number used up; 0 when none. */
  readonly last: number;
  /** Answers not yet seen. */
  readonly results: readonly FinalResult[];
}

/** How the server bounds what it takes. Sizes in bytes. */
export interface Limits {
  readonly maxFrame: number;
  readonly maxDoc: number;
  readonly maxKey: number;
  readonly maxDepth: number;
  readonly maxChanges: number;
  readonly maxMutations: number;
}
