import { errorMessage } from '../../errors';
import { LocalStoreError, type LocalStoreErrorCode } from '../local-store-error';

const meanings: Readonly<Record<string, readonly [LocalStoreErrorCode, string]>> = {
  QuotaExceededError: ['STORE_FULL', 'make room on this device, or delete data of other sites'],
  SecurityError: ['STORE_DENIED', 'let this site store data (cookies and site data in the settings)'],
  NotAllowedError: ['STORE_DENIED', 'let this site store data (cookies and site data in the settings)'],
  VersionError: ['STORE_FAILED', 'a newer release of this app has used it: reload the page to get that one'],
};

/** What IndexedDB threw or reported, as a `LocalStoreError` that names the database. */
export const indexedDbError = (database: string, cause: unknown): LocalStoreError => {
  if (cause instanceof LocalStoreError) return cause;
  const [code, remedy] = meanings[(cause as Error | null)?.name ?? ''] ?? [
    'STORE_FAILED',
    'open the group again, or reload the page',
  ];
  return new LocalStoreError(
    code,
    `The local store '${database}' failed: ${errorMessage(cause)}; ${remedy}.`,
    { cause },
  );
};

/** The error for a browser that has no IndexedDB to give: private windows and embedded pages, mostly. */
export const databaseDenied = (database: string, cause?: unknown): LocalStoreError =>
  new LocalStoreError(
    'STORE_DENIED',
    `This browser does not let the page open the local store '${database}' (a private window, or storage that ` +
      `is blocked): what is written lasts as long as the page. Allow site data to keep it.`,
    { cause },
  );

/** The error for a database that cannot be upgraded or deleted because a page of an older release holds it. */
export const databaseBlocked = (database: string): LocalStoreError =>
  new LocalStoreError(
    'STORE_LOCKED',
    `The local store '${database}' is held open by another tab that does not let go: close or reload the ` +
      `other tabs of this site, then try again.`,
  );

/** The error for a database that a newer release of the app upgrades: whoever holds it has to let go. */
export const databaseGivenUp = (database: string): LocalStoreError =>
  new LocalStoreError(
    'STORE_FAILED',
    `The local store '${database}' was closed, because a newer release of this app upgrades it in another tab: what is ` +
      `written here lasts as long as the page. Reload the page to get that release.`,
  );

/** The error for a store on which a later one works. */
export const storeTakenOver = (database: string): LocalStoreError =>
  new LocalStoreError(
    'STORE_CLOSED',
    `The local store '${database}' was taken over by another tab: what is appended here would not count. ` +
      `Open a new store to take it back.`,
  );

/** The error for a database whose contents vanished while it was in use. */
export const databaseGone = (database: string): LocalStoreError =>
  new LocalStoreError(
    'STORE_FAILED',
    `The data of the local store '${database}' was deleted while it was in use; open the group again.`,
  );
