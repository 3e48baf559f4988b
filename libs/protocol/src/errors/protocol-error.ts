import type { ErrorCode } from './error-code';

/** The root of everything this package throws on purpose; `errorFacts(code)` says how it is to be taken. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    /** The stable code; decide by it, never by the message. */
    readonly code: ErrorCode,
    message: string,
    /** The group of the message that failed, where it could be read; an `error` answer names it. */
    readonly group?: string,
  ) {
    super(message);
  }
}
