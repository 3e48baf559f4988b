/** What can be wrong with the server itself, as opposed to what a client sent. */
export type ServerErrorCode =
  | 'BAD_OPTION'
  | 'DATABASE_IN_USE'
  | 'DATABASE_UNUSABLE'
  | 'DATABASE_DAMAGED'
  | 'NO_SUCH_DATABASE'
  | 'NOT_A_DATABASE'
  | 'FILE_EXISTS'
  | 'STORE_CLOSED'
  | 'HUB_CLOSED'
  | 'NO_HTTP_SERVER'
  | 'COMMIT_FAILED'
  | 'OUT_OF_SCOPE'
  | 'MIGRATION_MISSING'
  | 'CURSOR_LOST'
  | 'HANDLER_FAILED';

/** Root of this package's errors. The message names the value, the rule and the remedy. */
export class AtomSyncServerError extends Error {
  constructor(
    readonly code: ServerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AtomSyncServerError';
  }
}
