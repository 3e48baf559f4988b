import type { DocState, FeedCursor, Resync, Version } from '@atomsync/protocol';
import type { SyncHub } from '../hub';
import { talk, type Caller } from './conversation';
import { encodeCursor, tokenOf } from './cursor';
import { shownDoc } from './shown-doc';

/** What a `GET` of the sync path asks for. */
export interface PullRequest {
  readonly group: string;
  readonly prefix: string;
  readonly since: FeedCursor | undefined;
  readonly limit: number;
  readonly schemaVersion: number | undefined;
  readonly clientId: string;
}

/** One page; fields as they are in the answer. */
export interface PullAnswer {
  readonly group: string;
  readonly full: boolean;
  readonly reason?: Resync['reason'];
  readonly docs: readonly object[];
  readonly cursor: string;
  readonly version: Version;
  readonly more: boolean;
}

/** Bytes of bodies in one page, whatever its limit of docs. */
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * A page of a catch-up. It never ends within a version, so that what follows its cursor is whole: a page has more docs
 * than `limit` where one version has.
 */
export function pull(
  hub: SyncHub,
  caller: Caller,
  request: PullRequest,
  signal: AbortSignal,
): Promise<PullAnswer> {
  const { group, prefix, since, limit, schemaVersion, clientId } = request;
  const docs: DocState[] = [];
  let full = since === undefined;
  let reason: Resync['reason'] | undefined;
  const page = (through: readonly DocState[], cursor: FeedCursor, more: boolean): PullAnswer => ({
    group,
    full,
    ...(reason !== undefined && { reason }),
    docs: through.map(shownDoc),
    cursor: encodeCursor(cursor),
    version: cursor.version,
    more,
  });
  return talk<PullAnswer>(
    hub,
    caller,
    clientId,
    {
      begin: ({ conversation }) =>
        conversation.say({
          type: 'subscribe',
          group,
          lines: [],
          ...(prefix !== '' && { prefix }),
          ...(since !== undefined && { cursor: since }),
          ...(schemaVersion !== undefined && { schemaVersion }),
        }),
      hear: (message, { answer }) => {
        if (message.type === 'resync') {
          full = true;
          ({ reason } = message);
          docs.length = 0;
        }
        if (message.type !== 'changes') return;
        docs.push(...message.docs);
        const end = pageEnd(docs, limit);
        if (end !== undefined) {
          const cursor = { token: tokenOf(hub, group, prefix), version: docs[end - 1]!.version };
          return answer(page(docs.slice(0, end), cursor, true));
        }
        if (message.cursor !== undefined) answer(page(docs, message.cursor, false));
      },
    },
    signal,
  );
}

/** Where the page is full and a version ends; `undefined` while there is no such place among the docs. */
function pageEnd(docs: readonly DocState[], limit: number): number | undefined {
  let bytes = 0;
  for (let end = 1; end < docs.length; end++) {
    const last = docs[end - 1]!;
    bytes += last.body?.length ?? 0;
    if ((end >= limit || bytes >= PAGE_BYTES) && docs[end]!.version !== last.version) return end;
  }
  return undefined;
}
