import { decodeBody, type DocState } from '@atomsync/protocol';

/** A doc as answers show it; a deleted one has no value. */
export const shownDoc = ({ key, version, at, schemaVersion, body }: DocState): object => ({
  key,
  version,
  at: new Date(at),
  ...(body === undefined ? { deleted: true } : { value: decodeBody(body) }),
  ...(body !== undefined && schemaVersion !== 1 && { schemaVersion }),
});
