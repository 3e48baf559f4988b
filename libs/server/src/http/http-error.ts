import { errorFacts, ProtocolError } from '@atomsync/protocol';

/** Milliseconds after which to try again where nobody has said. */
const RETRY_AFTER = 1000;

/**
 * An HTTP request that fails: the protocol's codes, and those that HTTP alone has. `status` follows from the code;
 * the table is in docs/PROTOCOL.md.
 */
export class HttpError extends Error {
  readonly status: number;
  readonly retryable: boolean;
  /** Milliseconds; where set, the answer has a `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    /** Beside `retryAfter` and `retryable`, headers and further fields of the answer. */
    readonly details: {
      readonly retryable?: boolean | undefined;
      readonly retryAfter?: number | undefined;
      readonly headers?: Readonly<Record<string, string>>;
      readonly fields?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.retryable = details.retryable ?? (RETRYABLE.has(code) || errorFacts(code).retryable);
    this.status = STATUS[code] ?? (this.retryable ? 503 : 422);
    const waits = this.status === 429 || this.status === 503;
    this.retryAfter = details.retryAfter ?? (waits ? RETRY_AFTER : undefined);
  }

  /** Whatever was thrown: errors of the protocol are the caller's fault, all else is the server's. */
  static of(error: unknown): HttpError {
    if (error instanceof HttpError) return error;
    if (error instanceof ProtocolError) return new HttpError(error.code, error.message);
    return new HttpError('INTERNAL', 'The server failed to deal with the request; try again.');
  }
}

const RETRYABLE = new Set(['RESYNC', 'RETRY_LATER']);

const STATUS: Readonly<Record<string, number>> = {
  MALFORMED: 400,
  INVALID_KEY: 400,
  INVALID_GROUP: 400,
  INVALID_PREFIX: 400,
  BAD_QUERY: 400,
  NOT_CARRYABLE: 400,
  TOO_DEEP: 400,
  UNKNOWN_MESSAGE: 400,
  HELLO_EXPECTED: 400,
  INVALID_CURSOR: 400,
  UNAUTHENTICATED: 401,
  TOKEN_EXPIRED: 401,
  FORBIDDEN: 403,
  LINE_NOT_YOURS: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  STALE: 409,
  MUTATION_GAP: 409,
  REPLACED: 409,
  RESYNC: 409,
  UPGRADE_REQUIRED: 409,
  FRAME_TOO_LARGE: 413,
  DOC_TOO_LARGE: 413,
  TOO_MANY_CHANGES: 413,
  TOO_MANY_MUTATIONS: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL: 503,
  RETRY_LATER: 503,
  SHUTTING_DOWN: 503,
  SLOW_CONSUMER: 503,
};
