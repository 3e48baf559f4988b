import { fileLocalStore } from '@atomsync/client/node';
import { decodeBody } from '@atomsync/protocol';
import { TypeOrmCommitStore } from '@atomsync/server';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ACCOUNTS, OPENING } from './accounts';
import type { Look, Planted } from './power-cuts';

const LIBS = resolve(__dirname, '../../../libs');

/** What writes to a disk that loses power, what is looked at afterwards, and how it would be done wrong. */
export interface PowerProof {
  readonly name: string;
  readonly program: string;
  readonly look: Look;
  readonly unsynced: Planted;
}

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

export const POWER: readonly PowerProof[] = [
  {
    name: 'the server’s database',
    program: join(__dirname, 'server.process.ts'),
    look: atTheServer,
    unsynced: {
      file: join(LIBS, 'server/dist/store/typeorm/sqlite-data-source.js'),
      edits: [["'synchronous = FULL'", "'synchronous = NORMAL'"]],
    },
  },
  {
    name: 'the file store of a client',
    program: join(__dirname, 'client.process.ts'),
    look: atTheClient,
    unsynced: {
      file: join(LIBS, 'client/dist/store/journal.js'),
      edits: [['await this.#handle.datasync();', '']],
    },
  },
];
