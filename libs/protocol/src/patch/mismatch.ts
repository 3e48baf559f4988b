import { ProtocolError } from '../errors/protocol-error';

/** The PATCH_MISMATCH error that says what the patch met. */
export function mismatch(what: string): ProtocolError {
  return new ProtocolError(
    'PATCH_MISMATCH',
    `The patch does not fit: ${what}; apply it to the version it was made from`,
  );
}
