import type { Version } from '@atomsync/protocol';
import type {
  GroupRow,
  LineRow,
  Needs,
  PlaceRow,
  Rows,
  StoreReader,
  StoreWriter,
  Writes,
} from '../commit-store';
import { decodeResults } from './kept-results';
import type { PgSpeaker } from './postgres-pool';
import type { Joined } from './postgres-session';
import {
  BEHIND,
  EPOCH_OF,
  GROUP_NAMES,
  HEAD_AT_END,
  HORIZON,
  LOAD_DOCS,
  LOAD_GROUPS_NOW,
  LOAD_LINES,
  LOCK_GROUPS,
  LOCK_NEW_GROUP,
  PAGE,
  PAGE_SIZES,
  PLACE_OF,
  prepared,
  RANGE,
  RANGE_SIZES,
  SAVE,
  SAVE_PLACES,
} from './postgres-statements';
import { bounded, byGroup, docRow, type DocRecord, type Select } from './rows';
import { DOCS, GROUPS, LINES, MARKS } from './sqlite-statements';
import type { Upsert } from './upsert';

type LineRecord = Omit<LineRow, 'results'> & { readonly results: string };

/** The database is not the one any more that was joined, or another epoch has begun in it. */
export class AnotherLife extends Error {}

/** Prepared statements on one connection. */
export const selectOn =
  (client: PgSpeaker): Select =>
  async <R>(text: string, values: unknown[]) =>
    (await client.query<R>(prepared(text, values))).rows;

/** What may be asked in a transaction on the database that was joined. */
export function readerOn(client: PgSpeaker, joined: Joined): StoreReader {
  const select = selectOn(client);
  const pageOf = { sizes: PAGE_SIZES, docs: PAGE };
  const rangeOf = { sizes: RANGE_SIZES, docs: RANGE };
  return {
    load: async (needs) => ({
      ...(await load(select, needs)),
      groups: await groupsNow(select, needs.groups, joined),
    }),
    page: ({ group, prefix, after, withoutTombstonesThrough, maxDocs, maxBytes }) => {
      const where = [group, after.version, after.key, prefix, withoutTombstonesThrough];
      return bounded(select, pageOf, where, maxDocs, maxBytes);
    },
    range: ({ group, prefix, after, maxDocs, maxBytes }) =>
      bounded(select, rangeOf, [group, after, prefix], maxDocs, maxBytes),
    headAtEndOf: async (epoch, group) =>
      (await select<{ head: Version }>(HEAD_AT_END, [group, epoch]))[0]?.head,
    epochOf: async (group, version) =>
      (await select<{ epoch: number }>(EPOCH_OF, [group, version]))[0]?.epoch,
    placeOf: async (handler, group) =>
      (await select<{ version: Version }>(PLACE_OF, [handler, group]))[0]?.version ?? 0,
    behind: async ({ handler, prefix, after, limit }) =>
      names(await select(BEHIND, [handler, after, prefix, limit])),
    groups: async ({ after, limit }) => names(await select(GROUP_NAMES, [after, limit])),
    horizon: async ({ group, until, maxTombstones }) =>
      (await select<{ version: Version }>(HORIZON, [group, until, maxTombstones]))[0]?.version,
  };
}

/** What may be done in one; `began` hears its id before it ends. */
export const writerOn = (
  client: PgSpeaker,
  joined: Joined,
  began: (transaction: string) => void,
): StoreWriter => ({
  ...readerOn(client, joined),
  load: async (needs) => {
    const groups = await lock(selectOn(client), needs.groups);
    return { ...(await load(selectOn(client), needs)), groups };
  },
  save: async (writes) => began(await save(client, writes, joined)),
  savePlaces: (places) => savePlaces(client, places),
});

/** The rows of these groups, which are the transaction's alone from here on, and so are the names that have no row. */
async function lock(select: Select, groups: readonly string[]): Promise<GroupRow[]> {
  if (groups.length === 0) return [];
  const found = await select<GroupRow>(LOCK_GROUPS, [groups]);
  const known = new Set(found.map(({ name }) => name));
  const missing = groups.filter((name) => !known.has(name)).sort();
  if (missing.length === 0) return found;
  for (const name of missing) await select(LOCK_NEW_GROUP, [name]);
  return [...found, ...(await select<GroupRow>(LOCK_GROUPS, [missing]))];
}

/** The rows of these groups, which are of the life and the epoch that were joined. */
async function groupsNow(select: Select, groups: readonly string[], joined: Joined): Promise<GroupRow[]> {
  if (groups.length === 0) return [];
  const found = await select<GroupRow & Now>(LOAD_GROUPS_NOW, [groups]);
  return found.map(({ life, epochNow, ...row }) => {
    check({ life, epochNow }, joined);
    return row;
  });
}

/** See `LIFE`. */
interface Now {
  readonly life: string;
  readonly epochNow: number;
}

function check({ life, epochNow }: Now, joined: Joined): void {
  if (life !== joined.life || epochNow !== joined.epochs.at(-1)?.ordinal) throw new AnotherLife();
}

async function load(select: Select, { docs, lines }: Needs): Promise<Omit<Rows, 'groups'>> {
  const docRecords: DocRecord[] = [];
  for (const [group, keys] of byGroup(docs, ({ key }) => key)) {
    docRecords.push(...(await select<DocRecord>(LOAD_DOCS, [keys, group])));
  }
  const lineRecords: LineRecord[] = [];
  for (const [group, ids] of byGroup(lines, ({ clientId }) => clientId)) {
    lineRecords.push(...(await select<LineRecord>(LOAD_LINES, [ids, group])));
  }
  return { docs: docRecords.map(docRow), lines: lineRecords.map(lineRow) };
}

async function save(
  client: PgSpeaker,
  { groups, docs, lines, marks }: Writes,
  joined: Joined,
): Promise<string> {
  const values = [
    ...columnsOf(GROUPS, groups),
    ...columnsOf(DOCS, docs),
    ...columnsOf(LINES, lines),
    ...columnsOf(MARKS, marks),
  ];
  const { rows } = await client.query<Now & { transaction: string }>(prepared(SAVE, values));
  check(rows[0]!, joined);
  return rows[0]!.transaction;
}

async function savePlaces(client: PgSpeaker, places: readonly PlaceRow[]): Promise<void> {
  const column = <K extends keyof PlaceRow>(name: K) => places.map((place) => place[name]);
  await client.query(prepared(SAVE_PLACES, [column('handler'), column('group'), column('version')]));
}

/** One array for each column. */
function columnsOf<R>(into: Upsert<R>, rows: readonly R[]): unknown[][] {
  const arrays: unknown[][] = into.columns.map(() => []);
  for (const row of rows) into.values(row).forEach((value, index) => arrays[index]!.push(value));
  return arrays;
}

const lineRow = ({ results, ...row }: LineRecord): LineRow => ({ ...row, results: decodeResults(results) });

const names = (rows: readonly unknown[]): string[] => rows.map((row) => (row as { name: string }).name);
