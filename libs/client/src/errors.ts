/**
 * Root of everything this package throws or reports. `code` is stable and meant for programs; the message
 * is meant for people and names the value, the rule and the remedy.
 */
export class ClientError extends Error {
  override name = 'ClientError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The stable code of anything thrown; `fallback` for what has none (an app's own error, say). */
export const errorCode = (error: unknown, fallback = 'FAILED'): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : fallback;

/** What anything thrown has to say. */
export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
