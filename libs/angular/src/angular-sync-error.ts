/** What this package refuses, and why. */
export type AngularSyncErrorCode = 'NO_PROVIDER' | 'DESTROYED' | 'PULL_FAILED';

/** Root of everything this package itself throws; `code` is stable and meant for programs. */
export class AngularSyncError extends Error {
  override name = 'AngularSyncError';
  readonly code: AngularSyncErrorCode;

  constructor(code: AngularSyncErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
