import { errorFacts, type ErrorMessage } from '@atomsync/protocol';

/** How long a client is asked to wait before it tries again, in milliseconds. */
const RETRY_AFTER: Readonly<Record<string, number>> = {
  RATE_LIMITED: 500,
  RETRY_LATER: 1000,
  INTERNAL: 1000,
};

/** What of a failure is not the same each time. */
export interface ErrorDetails {
  /** Where the failed message spoke of one. */
  readonly group?: string | undefined;
  /** Milliseconds. */
  readonly retryAfter?: number | undefined;
  readonly retryable?: boolean;
}

/** What a client is told of a failure. */
export function errorMessage(
  code: string,
  message: string,
  { group, retryAfter, retryable = errorFacts(code).retryable }: ErrorDetails = {},
): ErrorMessage {
  const wait = retryAfter ?? (group === undefined ? undefined : RETRY_AFTER[code]);
  return {
    type: 'error',
    code,
    message,
    retryable,
    ...(group !== undefined && { group }),
    ...(wait !== undefined && { retryAfter: wait }),
  };
}
