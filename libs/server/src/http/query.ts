import { assertGroup, assertPrefix, type Limits } from '@atomsync/protocol';
import { decodeCursor } from './cursor';
import type { EventsRequest } from './events';
import { HttpError } from './http-error';
import type { PullRequest } from './pull';

/** Docs of a page when nobody says, and at most. */
export const DEFAULT_PAGE = 1000;
export const MAX_PAGE = 10_000;
/** Groups that one stream of hints follows. */
const MAX_GROUPS = 1000;

/** Throws `INVALID_GROUP`, `INVALID_PREFIX`, `BAD_QUERY`. */
export function readPull(query: URLSearchParams, limits: Limits, clientId: string): PullRequest {
  const group = query.get('group') ?? '';
  assertGroup(group);
  const since = query.get('since') ?? '';
  return {
    group,
    prefix: prefixOf(query, limits),
    since: since === '' || since === '0' ? undefined : decodeCursor(since),
    limit: Math.min(countOf(query, 'limit', 1) ?? DEFAULT_PAGE, MAX_PAGE),
    schemaVersion: countOf(query, 'schemaVersion', 0),
    clientId,
  };
}

/** Throws `INVALID_GROUP`, `INVALID_PREFIX`, `BAD_QUERY`. */
export function readEvents(query: URLSearchParams, limits: Limits, clientId: string): EventsRequest {
  const groups = [...new Set(query.getAll('group'))];
  if (groups.length > MAX_GROUPS) {
    throw new HttpError(
      'BAD_QUERY',
      `There are ${groups.length} groups; one stream follows at most ${MAX_GROUPS}.`,
    );
  }
  if (groups.length === 0) throw new HttpError('INVALID_GROUP', 'Name a group: ?group=todo.');
  groups.forEach(assertGroup);
  return { groups, prefix: prefixOf(query, limits), clientId };
}

function prefixOf(query: URLSearchParams, limits: Limits): string {
  const prefix = query.get('prefix') ?? '';
  assertPrefix(prefix, limits.maxKey);
  return prefix;
}

function countOf(query: URLSearchParams, name: string, least: number): number | undefined {
  const given = query.get(name);
  if (given === null || given === '') return undefined;
  if (!/^\d{1,15}$/.test(given) || Number(given) < least) {
    throw new HttpError(
      'BAD_QUERY',
      `${name} is ${JSON.stringify(given)}; it is a whole number from ${least} on.`,
    );
  }
  return Number(given);
}
