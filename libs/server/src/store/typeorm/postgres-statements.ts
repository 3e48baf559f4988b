import type { PgQuery } from './postgres-pool';

const texts = new Map<string, string>();

/** A statement that each connection prepares once. */
export function prepared(text: string, values: readonly unknown[]): PgQuery {
  let name = texts.get(text);
  if (name === undefined) texts.set(text, (name = `atomsync_${texts.size}`));
  return { name, text, values };
}

const DOC_COLUMNS = `d."group", d."key", d."version", d."schemaVersion", d."body", d."updatedAt" AS "at", d."updatedBy", d."covers"`;
const GROUP_COLUMNS = `g."name", g."head", g."purgedThrough", g."epoch"`;

const NAMED = (columns: string, table: string, name: string) =>
  `SELECT ${columns} FROM "${table}" AS d WHERE d."group" = $2 AND d."${name}" = ANY($1::text[])`;

export const LOAD_DOCS = NAMED(DOC_COLUMNS, 'atomsync_docs', 'key');
export const LOAD_LINES = NAMED('d.*', 'atomsync_lines', 'clientId');
const LOAD_GROUPS = `SELECT ${GROUP_COLUMNS} FROM "atomsync_groups" AS g WHERE g."name" = ANY($1::text[])`;

/** Whoever has the row commits next. Always in the same order, so that no two wait for each other. */
export const LOCK_GROUPS = `${LOAD_GROUPS} ORDER BY g."name" FOR UPDATE`;

/** A group that is not there yet has no row to lock. */
export const LOCK_NEW_GROUP = `SELECT pg_advisory_xact_lock(hashtextextended($1, 'atomsync_groups'::regclass::oid::bigint))`;

/** Tells one database from another that has taken its place, and from what it was before a restart. */
export const LIFE = `concat_ws('/', extract(epoch FROM pg_postmaster_start_time()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'atomsync_docs'::regclass::oid)`;

/** What says whether the data is still of the life and the epoch that were joined. */
const NOW = `${LIFE} AS "life", (SELECT max("ordinal") FROM "atomsync_epochs") AS "epochNow"`;

/** Whoever is given a head is given a cursor of the epoch it belongs to: see `SAVE`. */
export const LOAD_GROUPS_NOW = `SELECT ${GROUP_COLUMNS}, ${NOW} FROM "atomsync_groups" AS g WHERE g."name" = ANY($1::text[])`;

/** All rows of a commit at once; comes back with what says whether they are still of the epoch that was begun. */
export const SAVE = `WITH
  groups AS (${upsert('atomsync_groups', 1, ['name text', 'head bigint', 'purgedThrough bigint', 'epoch int'], 1)}),
  docs AS (${upsert(
    'atomsync_docs',
    2,
    [
      ...['group text', 'key text', 'version bigint', 'deleted boolean', 'schemaVersion int'],
      ...['body bytea', 'updatedAt bigint', 'updatedBy text', 'covers text'],
    ],
    5,
  )}),
  lines AS (${upsert(
    'atomsync_lines',
    2,
    [
      ...['group text', 'clientId text', 'owner text', 'last bigint'],
      ...['closed boolean', 'results text', 'updatedAt bigint'],
    ],
    14,
  )}),
  marks AS (${upsert('atomsync_marks', 2, ['group text', 'epoch int', 'head bigint'], 21)})
  SELECT ${NOW}, pg_current_xact_id()::text AS "transaction"`;

/** What became of a transaction; nothing where it is too long ago. */
export const OUTCOME = `SELECT pg_xact_status($1::xid8) AS "status"`;

/** A place never goes back: who has been slow to say it is overtaken. */
export const SAVE_PLACES = `INSERT INTO "atomsync_places" AS p ("handler", "group", "version")
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS r("handler", "group", "version")
  ORDER BY r."handler", r."group"
  ON CONFLICT ("handler", "group") DO UPDATE SET "version" = greatest(p."version", excluded."version")`;

const PAGE_WHERE = `FROM "atomsync_docs" AS d
  WHERE d."group" = $1 AND d."version" >= $2 AND (d."version", d."key") > ($2, $3) AND starts_with(d."key", $4)
    AND (NOT d."deleted" OR d."version" > $5)
  ORDER BY d."version", d."key" LIMIT $6`;

/** Sizes first, so that a page of large docs is not read into memory to be cut. */
export const PAGE_SIZES = `SELECT length(d."body") AS "size" ${PAGE_WHERE}`;
export const PAGE = `SELECT ${DOC_COLUMNS} ${PAGE_WHERE}`;

/** Of names that are greater, those with the prefix come first. */
const RANGE_WHERE = `FROM "atomsync_docs" AS d
  WHERE d."group" = $1 AND d."key" > $2 AND d."key" >= $3 AND starts_with(d."key", $3) AND NOT d."deleted"
  ORDER BY d."key" LIMIT $4`;

export const RANGE_SIZES = `SELECT length(d."body") AS "size" ${RANGE_WHERE}`;
export const RANGE = `SELECT ${DOC_COLUMNS} ${RANGE_WHERE}`;

export const HEAD_AT_END = `SELECT "head" FROM "atomsync_marks"
  WHERE "group" = $1 AND "epoch" > $2 ORDER BY "epoch" LIMIT 1`;
export const EPOCH_OF = `SELECT "epoch" FROM "atomsync_marks"
  WHERE "group" = $1 AND "head" < $2 ORDER BY "epoch" DESC LIMIT 1`;
export const PLACE_OF = `SELECT "version" FROM "atomsync_places" WHERE "handler" = $1 AND "group" = $2`;
export const BEHIND = `SELECT g."name" FROM "atomsync_groups" AS g
  LEFT JOIN "atomsync_places" AS p ON p."handler" = $1 AND p."group" = g."name"
  WHERE g."name" > $2 AND g."name" >= $3 AND starts_with(g."name", $3) AND g."head" > coalesce(p."version", 0)
  ORDER BY g."name" LIMIT $4`;
export const GROUP_NAMES = `SELECT "name" FROM "atomsync_groups" WHERE "name" > $1 ORDER BY "name" LIMIT $2`;

const TOMBSTONES = (columns: string) =>
  `SELECT ${columns} FROM "atomsync_docs" WHERE "group" = $1 AND "deleted"`;

/** Through which version tombstones may go: the first that is too young, and all behind it, stay. */
export const HORIZON = `SELECT max("version") AS "version" FROM (
    ${TOMBSTONES('"version"')} AND "version" < coalesce(
      (${TOMBSTONES('"version"')} AND "updatedAt" > $2 ORDER BY "version" LIMIT 1), ${Number.MAX_SAFE_INTEGER}
    ) ORDER BY "version" LIMIT $3
  ) AS old HAVING max("version") IS NOT NULL`;
export const PURGE_THROUGH = `UPDATE "atomsync_groups"
  SET "purgedThrough" = greatest("purgedThrough", least($2, "head")) WHERE "name" = $1 RETURNING "purgedThrough"`;
export const PURGE = `DELETE FROM "atomsync_docs" WHERE "group" = $1 AND "deleted" AND "version" <= $2`;
export const PURGE_LINES = `DELETE FROM "atomsync_lines" WHERE "closed" AND "updatedAt" < $1`;

/** An insert of any number of rows, each replacing the row of the same identity; one array per column, from `$first` on. */
function upsert(table: string, identity: number, columns: readonly string[], first: number): string {
  const parts = columns.map((column) => column.split(' ') as [string, string]);
  const names = parts.map(([name]) => `"${name}"`);
  const arrays = parts.map(([, type], index) => `$${first + index}::${type}[]`);
  const sets = names.slice(identity).map((name) => `${name} = excluded.${name}`);
  return `INSERT INTO "${table}" (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})
    ON CONFLICT (${names.slice(0, identity).join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}
