import type { FeedCursor, Resync, Version } from '@atomsync/protocol';
import { ANY_RIGHTS, decodeCursorToken } from './cursor-token';

/** What a cursor is judged by, read in one snapshot. */
export interface CursorFacts {
  readonly group: string;
  readonly prefix: string;
  readonly rights: string;
  readonly head: Version;
  readonly purgedThrough: Version;
  /** Ordinal of the epoch with this id; absent when this server never had one. */
  epoch(id: string): number | undefined;
  /** The head at the end of that epoch's say in the group; absent while no later one has committed. */
  readonly headAtEnd: Version | undefined;
}

/** Why the cursor does not hold any more; absent when it holds. */
export function checkCursor(
  { token, version }: FeedCursor,
  facts: CursorFacts,
): Resync['reason'] | undefined {
  const said = decodeCursorToken(token);
  if (said === undefined) return 'cursor';
  if (said.group !== facts.group || said.prefix !== facts.prefix) return 'feed';
  if (said.rights !== facts.rights && said.rights !== ANY_RIGHTS) return 'feed';
  if (facts.epoch(said.epoch) === undefined) return 'epoch';
  if (version > (facts.headAtEnd ?? facts.head)) return facts.headAtEnd === undefined ? 'cursor' : 'epoch';
  if (version < facts.purgedThrough) return 'purged';
  return undefined;
}
