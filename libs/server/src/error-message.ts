import { errorFacts, type ErrorMessage } from '@atomsync/protocol';

/** How long a client is asked to wait before it tries again, in milliseconds. */
const RETRY_AFTER: Readonly<Record<string, number>> = { RATE_LIMITED: 500, INTERNAL: 1000 };

/** What a client is told of a failure; `group` when the failed message spoke of one. */
export function errorMessage(code: string, message: string, group?: string): ErrorMessage {
  const retryAfter = group === undefined ? undefined : RETRY_AFTER[code];
  return {
    type: 'error',
    code,
    message,
    retryable: errorFacts(code).retryable,
    ...(group !== undefined && { group }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}
