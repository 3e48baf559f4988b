import type { FeedCursor } from '@atomsync/protocol';
import { ANY_RIGHTS, encodeCursorToken } from '../feeds/cursor-token';
import type { SyncHub } from '../hub';

/** A cursor as HTTP clients keep it: one opaque text that stands in a query as it is. */
export const encodeCursor = ({ token, version }: FeedCursor): string =>
  `${version}.${Buffer.from(token).toString('base64url')}`;

/**
 * What is no cursor (a time in milliseconds, say) comes out as one that no server gave: everything is sent then, which
 * is never too little.
 */
export function decodeCursor(text: string): FeedCursor {
  const [, version, token] = /^(\d{1,16})\.([\w-]+)$/.exec(text) ?? [];
  if (version === undefined || token === undefined || !Number.isSafeInteger(Number(version)))
    return { token: '', version: 0 };
  return { token: Buffer.from(token, 'base64url').toString(), version: Number(version) };
}

/** A token for this feed as it is now, whatever the caller may read of it. */
export const tokenOf = ({ epoch }: SyncHub, group: string, prefix: string): string =>
  encodeCursorToken({ epoch: epoch.id, group, prefix, rights: ANY_RIGHTS });
