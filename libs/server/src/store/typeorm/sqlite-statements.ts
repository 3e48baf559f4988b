import type { DocRow, GroupRow, LineRow, MarkRow, PlaceRow } from '../commit-store';
import { encodeResults } from './kept-results';
import type { Upsert } from './upsert';

export const GROUPS: Upsert<GroupRow> = {
  table: 'atomsync_groups',
  columns: ['name', 'head', 'purgedThrough', 'epoch'],
  identity: 1,
  values: ({ name, head, purgedThrough, epoch }) => [name, head, purgedThrough, epoch],
};

export const DOCS: Upsert<DocRow> = {
  table: 'atomsync_docs',
  columns: [
    'group',
    'key',
    'version',
    'deleted',
    'schemaVersion',
    'body',
    'updatedAt',
    'updatedBy',
    'covers',
  ],
  identity: 2,
  values: ({ group, key, version, schemaVersion, body, at, updatedBy, covers }) => [
    group,
    key,
    version,
    body === undefined ? 1 : 0,
    schemaVersion,
    body ?? null,
    at,
    updatedBy,
    covers ? JSON.stringify(covers.map(({ since, by }) => [since, by])) : null,
  ],
};

export const LINES: Upsert<LineRow> = {
  table: 'atomsync_lines',
  columns: ['group', 'clientId', 'owner', 'last', 'closed', 'results', 'updatedAt'],
  identity: 2,
  values: ({ group, clientId, owner, last, closed, results, updatedAt }) => [
    group,
    clientId,
    owner,
    last,
    closed ? 1 : 0,
    encodeResults(results),
    updatedAt,
  ],
};

export const MARKS: Upsert<MarkRow> = {
  table: 'atomsync_marks',
  columns: ['group', 'epoch', 'head'],
  identity: 2,
  values: ({ group, epoch, head }) => [group, epoch, head],
};

export const PLACES: Upsert<PlaceRow> = {
  table: 'atomsync_places',
  columns: ['handler', 'group', 'version'],
  identity: 2,
  values: ({ handler, group, version }) => [handler, group, version],
};

const DOC_COLUMNS = `d."group", d."key", d."version", d."schemaVersion", d."body", d."updatedAt" AS "at", d."updatedBy", d."covers"`;

/** Names go in as one JSON array: any number of them with one prepared statement. */
const NAMED = (columns: string, table: string, name: string) =>
  `SELECT ${columns} FROM json_each(?) AS r CROSS JOIN "${table}" AS d ON d."group" = ? AND d."${name}" = r.value`;

export const LOAD_DOCS = NAMED(DOC_COLUMNS, 'atomsync_docs', 'key');
export const LOAD_LINES = NAMED('d.*', 'atomsync_lines', 'clientId');
export const LOAD_GROUPS = `SELECT g.* FROM json_each(?) AS r CROSS JOIN "atomsync_groups" AS g ON g."name" = r.value`;

const PAGE_WHERE = `FROM "atomsync_docs" AS d INDEXED BY "atomsync_docs_version"
  WHERE d."group" = ? AND (d."version", d."key") > (?, ?) AND substr(d."key", 1, length(?)) = ?
    AND (d."deleted" = 0 OR d."version" > ?)
  ORDER BY d."version", d."key" LIMIT ?`;

/** Sizes first, so that a page of large docs is not read into memory to be cut. */
export const PAGE_SIZES = `SELECT length(d."body") AS "size" ${PAGE_WHERE}`;
export const PAGE = `SELECT ${DOC_COLUMNS} ${PAGE_WHERE}`;

/** No text begins with the byte FF, so it is behind all that begins with the prefix. */
const WITH_PREFIX = (column: string) =>
  `${column} > ? AND ${column} >= ? AND ${column} < ? || CAST(x'ff' AS TEXT)`;

const RANGE_WHERE = `FROM "atomsync_docs" AS d
  WHERE d."group" = ? AND ${WITH_PREFIX('d."key"')} AND d."deleted" = 0 ORDER BY d."key" LIMIT ?`;

export const RANGE_SIZES = `SELECT length(d."body") AS "size" ${RANGE_WHERE}`;
export const RANGE = `SELECT ${DOC_COLUMNS} ${RANGE_WHERE}`;

export const HEAD_AT_END = `SELECT "head" FROM "atomsync_marks"
  WHERE "group" = ? AND "epoch" > ? ORDER BY "epoch" LIMIT 1`;
export const EPOCH_OF = `SELECT "epoch" FROM "atomsync_marks"
  WHERE "group" = ? AND "head" < ? ORDER BY "epoch" DESC LIMIT 1`;
export const PLACE_OF = `SELECT "version" FROM "atomsync_places" WHERE "handler" = ? AND "group" = ?`;
export const BEHIND = `SELECT g."name" FROM "atomsync_groups" AS g
  LEFT JOIN "atomsync_places" AS p ON p."handler" = ? AND p."group" = g."name"
  WHERE ${WITH_PREFIX('g."name"')} AND g."head" > coalesce(p."version", 0) ORDER BY g."name" LIMIT ?`;

export const GROUP_NAMES = `SELECT "name" FROM "atomsync_groups" WHERE "name" > ? ORDER BY "name" LIMIT ?`;

const TOMBSTONES = (columns: string) =>
  `SELECT ${columns} FROM "atomsync_docs" WHERE "group" = ? AND "deleted" = 1`;

/** Through which version tombstones may go: the first that is too young, and all behind it, stay. Takes the group twice. */
export const HORIZON = `SELECT max("version") AS "version" FROM (
    ${TOMBSTONES('"version"')} AND "version" < coalesce(
      (${TOMBSTONES('"version"')} AND "updatedAt" > ? ORDER BY "version" LIMIT 1), ${Number.MAX_SAFE_INTEGER}
    ) ORDER BY "version" LIMIT ?
  ) HAVING max("version") IS NOT NULL`;
export const PURGE = `DELETE FROM "atomsync_docs" WHERE "group" = ? AND "deleted" = 1 AND "version" <= ?`;
export const PURGE_THROUGH = `UPDATE "atomsync_groups" SET "purgedThrough" = max("purgedThrough", ?) WHERE "name" = ?`;
