/** How a failure is to be taken: worth another try as it is, and the close code where it ends the connection. */
export interface ErrorFacts {
  /** Whether the same message may succeed later without a change by the app. */
  readonly retryable: boolean;
  /** The WebSocket close code that follows the `error` message; absent when the connection goes on. */
  readonly close?: number;
}

/**
 * The closed list of failures, by stable code. S: sent by a server in an `error` message; R: the `code` of a
 * refused mutation's result; L: thrown locally by this package.
 */
export const ERRORS = {
  /** S R L. Bytes that are no well-formed message, body or patch. A whole frame closes; a body in a mutation is refused. */
  MALFORMED: { retryable: false, close: 4400 },
  /** S. A frame longer than `limits.maxFrame`. */
  FRAME_TOO_LARGE: { retryable: false, close: 4413 },
  /** S L. A `type` this side does not know. The message is skipped, the connection goes on. */
  UNKNOWN_MESSAGE: { retryable: false },
  /** S. No subprotocol in common, or a version this server does not speak. */
  UNSUPPORTED_VERSION: { retryable: false, close: 4406 },
  /** S. Another message came before `hello`, or none came in time. */
  HELLO_EXPECTED: { retryable: false, close: 4405 },
  /** S. A second `hello` on one connection. */
  ALREADY_WELCOMED: { retryable: false, close: 4409 },
  /** S. No, wrong or expired credentials. Try again with new ones. */
  UNAUTHENTICATED: { retryable: false, close: 4401 },
  /** S. The token has expired. On an open connection `retryable`: connect again with a new one. */
  TOKEN_EXPIRED: { retryable: false, close: 4411 },
  /** S R. The principal may not read this feed, or not make this write; or the line is not one of its own. */
  FORBIDDEN: { retryable: false },
  /** S. A push into a group that this connection has not subscribed to. */
  NOT_SUBSCRIBED: { retryable: true },
  /** S L. A push whose first number is beyond the line's last used one plus one. Push from there. */
  MUTATION_GAP: { retryable: true },
  /** S. A line that was closed. Begin a new one. */
  LINE_CLOSED: { retryable: false },
  /** S. Another connection speaks for this line now. */
  REPLACED: { retryable: true, close: 4410 },
  /** R. The number was used up before, and its answer has been seen and let go. */
  NUMBER_USED: { retryable: false },
  /**
   * S R L. A doc key that is not 1 to `limits.maxKey` UTF-8 bytes, or holds NUL or a lone surrogate; and `__proto__`,
   * `constructor` or `prototype` as key, group, clientId or step of a call's path.
   */
  INVALID_KEY: { retryable: false },
  /** S L. A group name that is not 1 to 255 UTF-8 bytes, or holds NUL or a lone surrogate. */
  INVALID_GROUP: { retryable: false },
  /** S L. A prefix that breaks the key rule, or a second prefix for one group on one connection. */
  INVALID_PREFIX: { retryable: false },
  /** S L. A cursor whose version is no whole number from 0 to 2⁵³ − 1, or whose token is no text. Subscribe without it. */
  INVALID_CURSOR: { retryable: false },
  /** L. A value of a kind that the wire cannot carry unchanged; the message names its path. */
  NOT_CARRYABLE: { retryable: false },
  /** R L. A body or patch longer than `limits.maxDoc`. */
  DOC_TOO_LARGE: { retryable: false },
  /** R L. A value nested deeper than `limits.maxDepth`. */
  TOO_DEEP: { retryable: false },
  /** R L. One mutation with more changes (or reads) than `limits.maxChanges`. */
  TOO_MANY_CHANGES: { retryable: false },
  /** S L. One push with more mutations than `limits.maxMutations`. Push fewer at a time. */
  TOO_MANY_MUTATIONS: { retryable: false },
  /** R. The group's schema or a validator refused the value. */
  INVALID: { retryable: false },
  /** R L. A patch that does not fit the value it is applied to. */
  PATCH_MISMATCH: { retryable: false },
  /** R. `expiresAt` had passed when the mutation's turn came. */
  EXPIRED: { retryable: false },
  /** R. The mutation was stale and asked not to be rebased (`ifStale: 'reject'`). */
  STALE: { retryable: false },
  /** R. `call` names a swap that the server does not know, and no changes came with it. */
  UNKNOWN_SWAP: { retryable: false },
  /** R. The server ran the named swap and it threw. */
  SWAP_FAILED: { retryable: false },
  /** S L. The group's docs have a schema version that this client cannot read or write. No number is used up. */
  UPGRADE_REQUIRED: { retryable: false },
  /** S. What was sent is not read; the connection is closed. Connect again, and subscribe with the cursor. */
  SLOW_CONSUMER: { retryable: true, close: 4408 },
  /** S. Too many messages; wait `retryAfter` milliseconds. */
  RATE_LIMITED: { retryable: true },
  /** S. The store takes nothing for the moment. Nothing was stored; send it again after `retryAfter` milliseconds. */
  RETRY_LATER: { retryable: true },
  /** S. The server is going down in good order; connect again. */
  SHUTTING_DOWN: { retryable: true, close: 1012 },
  /** S. A fault of the server's. Nothing of the message was applied that is not told. */
  INTERNAL: { retryable: true, close: 1011 },
} as const satisfies Record<string, ErrorFacts>;

/** A stable name of a failure; see {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether `code` is on the list; a newer peer may send one that is not. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** The facts of a code; an unknown one is final and leaves the connection open. */
export function errorFacts(code: string): ErrorFacts {
  return isErrorCode(code) ? ERRORS[code] : { retryable: false };
}
