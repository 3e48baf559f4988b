import { ClientError } from '../errors';

/**
 * | code | meaning |
 * |---|---|
 * | `STORE_LOCKED` | another process, or a tab that does not let go, has the store open |
 * | `STORE_FULL` | the medium has no room left |
 * | `STORE_DENIED` | the medium does not let this process read or write |
 * | `STORE_CORRUPT` | what was stored is damaged; what could be saved has been |
 * | `STORE_CLOSED` | the store or the group was closed, wiped, or taken over by a later one |
 * | `STORE_FAILED` | the medium failed in another way; see `cause` |
 * | `GROUP_OPEN` | the group is open already, and is open once at a time |
 */
export type LocalStoreErrorCode =
  | 'STORE_LOCKED'
  | 'STORE_FULL'
  | 'STORE_DENIED'
  | 'STORE_CORRUPT'
  | 'STORE_CLOSED'
  | 'STORE_FAILED'
  | 'GROUP_OPEN';

/** What a local store rejects with. */
export class LocalStoreError extends ClientError {
  override name = 'LocalStoreError';
  declare readonly code: LocalStoreErrorCode;

  constructor(code: LocalStoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The error for opening a group that is open. */
export const alreadyOpen = (group: string): LocalStoreError =>
  new LocalStoreError(
    'GROUP_OPEN',
    `The group '${group}' is open in this store already, and is open once at a time; close it first.`,
  );

/** The error for using a group that was closed. */
export const groupClosed = (group: string): LocalStoreError =>
  new LocalStoreError('STORE_CLOSED', `The group '${group}' of the local store was closed; open it again.`);

/** The error for a group of which records were lost or changed behind the store's back. */
export const storeDamaged = (group: string): LocalStoreError =>
  new LocalStoreError(
    'STORE_CORRUPT',
    `Records of the group '${group}' in the local store were missing or damaged: its docs are fetched again from ` +
      `the server, and the pending writes that could be read were kept.`,
  );
