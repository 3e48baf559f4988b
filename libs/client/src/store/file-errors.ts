import { errorCode, errorMessage } from '../errors';
import { LocalStoreError, type LocalStoreErrorCode } from './local-store-error';

const codes: Readonly<Record<string, readonly [LocalStoreErrorCode, string]>> = {
  ENOSPC: ['STORE_FULL', 'make room on the disk'],
  EDQUOT: ['STORE_FULL', 'make room within the quota'],
  EFBIG: ['STORE_FULL', 'raise the limit of file sizes'],
  EACCES: ['STORE_DENIED', 'let this process read and write there'],
  EPERM: ['STORE_DENIED', 'let this process read and write there'],
  EROFS: ['STORE_DENIED', 'choose a directory that can be written to'],
};

/** What the file system threw, as a `LocalStoreError` that names `path`. */
export const fileError = (path: string, cause: unknown): LocalStoreError => {
  if (cause instanceof LocalStoreError) return cause;
  const [code, remedy] = codes[errorCode(cause)] ?? ['STORE_FAILED', 'see the cause'];
  return new LocalStoreError(
    code,
    `The local store at '${path}' failed: ${errorMessage(cause)}; ${remedy}.`,
    {
      cause,
    },
  );
};

/** Runs `act`, and rejects with a `LocalStoreError` where it fails. */
export const orFileError = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (cause) {
    throw fileError(path, cause);
  }
};
