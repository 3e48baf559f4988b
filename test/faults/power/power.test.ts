import { fileLocalStore } from '@atomsync/client/node';
import { TypeOrmCommitStore } from '@atomsync/server';
import { decodeBody } from '@atomsync/protocol';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { quickOrLong } from '../../support/long';
import { ACCOUNTS, OPENING } from './accounts';
import { cannotRecord, cutPower, record, type Look } from './power-cuts';

const ROOT = resolve(__dirname, '../../..');
const CUTS = quickOrLong(25, 600);
const WRITES = quickOrLong(120, 1_500);

const reason = cannotRecord();
if (reason !== undefined) console.warn(`Skipped: power cuts. Here ${reason}.`);
const describeOrSkip = reason === undefined ? describe : describe.skip;

/** The server's store opens, has all that was acknowledged, and the bank's total. */
const atTheServer: Look = async (folder, acknowledged) => {
  const store = new TypeOrmCommitStore({ type: 'better-sqlite3', database: join(folder, 'data.db') });
  try {
    await store.open({ id: 'after', startedAt: 1 });
    const { docs } = await store.read((reader) =>
      reader.load({
        groups: ['bank'],
        docs: [...ACCOUNTS, ...acknowledged].map((key) => ({ group: 'bank', key })),
        lines: [],
      }),
    );
    const found = new Map(docs.map(({ key, body }) => [key, body && (decodeBody(body) as number)]));
    const lost = acknowledged.filter((mark) => found.get(mark) === undefined);
    if (lost.length > 0) return `lost, though acknowledged: ${lost.join(' ')}`;
    const total = ACCOUNTS.reduce((sum, key) => sum + (found.get(key) ?? 0), 0);
    return total === ACCOUNTS.length * OPENING ? undefined : `a total of ${total}`;
  } catch (error) {
    return `it does not open: ${String(error)}`;
  } finally {
    await store.close().catch(() => undefined);
  }
};

/** The client's store loads, and is what it was after one of the batches, none before the last acknowledged. */
const atTheClient: Look = async (folder, acknowledged) => {
  if (!existsSync(join(folder, 'store'))) return 'the store is gone';
  const store = fileLocalStore(join(folder, 'store'));
  try {
    const state = await (await store.open('g')).load();
    const last = Number(acknowledged.at(-1)?.slice(1) ?? 0);
    const version = state?.cursor?.version ?? 0;
    if (version < last) return `lost, though acknowledged: ${version + 1} to ${last}`;
    const kept = [...(state?.records.keys() ?? [])].map(Number).sort((a, b) => a - b);
    const expected = Array.from({ length: version + 1 }, (_, i) => i).filter(
      (i) => i === 0 || i > version - 8,
    );
    return kept.join() === expected.join()
      ? undefined
      : `at ${version} there are the records ${kept.join(' ')}`;
  } catch (error) {
    return `it does not load: ${String(error)}`;
  } finally {
    await store.close().catch(() => undefined);
  }
};

describeOrSkip('a power cut', () => {
  const server = join(__dirname, 'server.process.ts');
  const client = join(__dirname, 'client.process.ts');

  it(`loses no acknowledged commit, ${CUTS} times`, async () => {
    expect(await cutPower(await record(server, WRITES), CUTS, atTheServer)).toEqual([]);
  }, 600_000);

  it('does lose some where the database is not synced at every commit: the test sees it', async () => {
    const file = join(ROOT, 'libs/server/dist/store/typeorm/sqlite-data-source.js');
    const planted = { file, edits: [["'synchronous = FULL'", "'synchronous = NORMAL'"]] } as const;
    const faults = await cutPower(await record(server, WRITES, planted), CUTS, atTheServer);
    expect(faults.filter((fault) => fault.includes('lost, though acknowledged')).length).toBeGreaterThan(0);
  }, 600_000);

  it(`loses nothing that a client's file store called durable, ${CUTS} times`, async () => {
    expect(await cutPower(await record(client, WRITES), CUTS, atTheClient)).toEqual([]);
  }, 600_000);

  it('does lose some where the file store does not sync: the test sees it', async () => {
    const file = join(ROOT, 'libs/client/dist/store/journal.js');
    const planted = { file, edits: [['await this.#handle.datasync();', '']] } as const;
    const faults = await cutPower(await record(client, WRITES, planted), CUTS, atTheClient);
    expect(faults.length).toBeGreaterThan(0);
  }, 600_000);
});
