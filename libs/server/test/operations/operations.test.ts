import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SyncHub } from '../../src/hub';
import { backupDatabase } from '../../src/operations/backup-database';
import { inspectDatabase } from '../../src/operations/inspect-database';
import { purgeDatabase } from '../../src/operations/purge-database';
import { restoreDatabase } from '../../src/operations/restore-database';
import { openSqlite } from '../../src/store/typeorm/sqlite-connection';
import { TypeOrmCommitStore } from '../../src/store/typeorm/typeorm-commit-store';

let folder: string;
let file: string;
let hubs: SyncHub[];
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomsync-operations-'));
  file = join(folder, 'data.db');
  hubs = [];
  now = 1_000;
});
afterEach(async () => {
  for (const hub of hubs) await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const serve = async (database = file): Promise<SyncHub> => {
  const store = new TypeOrmCommitStore({ type: 'better-sqlite3', database });
  const hub = await SyncHub.open({ store, clock: () => now });
  hubs.push(hub);
  return hub;
};

const path = (name: string) => join(folder, name);

const filled = async (docs: number): Promise<SyncHub> => {
  const hub = await serve();
  const atom = hub.atom<{ text: string }>('notes');
  for (let i = 0; i < docs; i++) await atom.put(`n${i}`, { text: 'x'.repeat(20_000) });
  return hub;
};

const contents = async (database: string, group = 'notes'): Promise<string[]> => {
  const hub = await serve(database);
  const keys: string[] = [];
  for await (const [key] of hub.atom(group).range()) keys.push(key);
  await hub.close();
  return keys;
};

describe('backupDatabase', () => {
  it('gives the data of one moment, whatever a server commits meanwhile, and tells how far it is', async () => {
    const hub = await filled(200);
    const told: { done: number; total: number }[] = [];
    let writes = 0;
    let over = false;
    const writing = (async () => {
      while (!over) {
        await hub.atom('notes').put(`late${writes++}`, { text: 'y'.repeat(5_000) });
        await setImmediate();
      }
    })();
    const backup = backupDatabase(file, path('copy.db'), { onProgress: (progress) => told.push(progress) });
    await backup.finally(() => (over = true));
    await writing;
    expect(writes).toBeGreaterThan(1);
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)!.done).toBe(told.at(-1)!.total);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));

    expect(await readdir(folder)).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/partial|copy.db-/)]),
    );
    const { groups } = await inspectDatabase(path('copy.db'));
    const keys = await contents(path('copy.db'));
    expect(keys.length).toBe(groups[0]!.head);
    expect(keys.filter((key) => key.startsWith('n'))).toHaveLength(200);
    const late = keys.filter((key) => key.startsWith('late'));
    expect(late.map((key) => Number(key.slice(4))).sort((a, b) => a - b)).toEqual([...late.keys()]);
  });

  it('needs nobody who serves', async () => {
    await (await filled(3)).close();
    await backupDatabase(file, path('copy.db'));
    expect(await contents(path('copy.db'))).toEqual(['n0', 'n1', 'n2']);
  });

  it('overwrites no file, and leaves none behind where it fails', async () => {
    await filled(1);
    await writeFile(path('mine'), 'mine');
    await writeFile(path('text'), 'no database at all, although there is a lot of text in it'.repeat(50));
    openSqlite(path('other.db')).exec('CREATE TABLE t (x)');
    await expect(backupDatabase(file, path('mine'))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(backupDatabase(file, file)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(backupDatabase(path('none.db'), path('a'))).rejects.toMatchObject({
      code: 'NO_SUCH_DATABASE',
    });
    await expect(backupDatabase(path('text'), path('a'))).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });
    await expect(backupDatabase(path('other.db'), path('a'))).rejects.toMatchObject({
      code: 'NOT_A_DATABASE',
    });
    await expect(backupDatabase(file, path('no/such/folder/a'))).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
    });
    expect(await readFile(path('mine'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).filter((name) => /^a|partial/.test(name))).toEqual([]);
  });
});

describe('restoreDatabase', () => {
  it('puts a backup in the place of newer data, of which no trace is left', async () => {
    const hub = await filled(2);
    await backupDatabase(file, path('copy.db'));
    await hub.atom('notes').put('late', {});
    // As after a crash: the last commits are in the log only.
    await hub.close();
    const crashed = openSqlite(file);
    crashed.pragma('journal_mode = WAL');
    crashed.exec('UPDATE "atomsync_groups" SET "head" = 77');
    const log = await readFile(`${file}-wal`);
    crashed.close();
    await writeFile(`${file}-wal`, log);

    await restoreDatabase(path('copy.db'), file, { force: true });
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(await contents(file)).toEqual(['n0', 'n1']);
    const { epochs, groups } = await inspectDatabase(file);
    expect(epochs).toHaveLength(2);
    expect(groups).toMatchObject([{ name: 'notes', head: 2 }]);
    expect(await contents(path('copy.db'))).toEqual(['n0', 'n1']);
  });

  it('takes what is only in the log of the backup along', async () => {
    const hub = await filled(2);
    await restoreDatabase(file, path('new.db'));
    expect(await contents(path('new.db'))).toEqual(['n0', 'n1']);
    await hub.close();
  });

  it('follows a link to where the database is', async () => {
    await (await filled(2)).close();
    await backupDatabase(file, path('copy.db'));
    await symlink(file, path('link.db'));
    await restoreDatabase(path('copy.db'), path('link.db'), { force: true });
    expect(await contents(file)).toEqual(['n0', 'n1']);
    await expect(restoreDatabase(file, path('link.db'), { force: true })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
  });

  it('replaces nothing unless told to, and nothing that a server holds', async () => {
    const hub = await filled(1);
    await backupDatabase(file, path('copy.db'));
    await expect(restoreDatabase(path('copy.db'), file)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(restoreDatabase(path('copy.db'), file, { force: true })).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
    });
    await hub.atom('notes').put('on', {});
    await hub.close();
    expect(await contents(file)).toEqual(['n0', 'on']);
  });

  it('replaces a database that is damaged beyond reading', async () => {
    await (await filled(1)).close();
    await backupDatabase(file, path('copy.db'));
    await writeFile(file, 'not what it was');
    await restoreDatabase(path('copy.db'), file, { force: true });
    expect(await contents(file)).toEqual(['n0']);
  });

  it('takes no backup that is missing, damaged, or another kind of file', async () => {
    await (await filled(20)).close();
    await backupDatabase(file, path('torn.db'));
    const torn = await open(path('torn.db'), 'r+');
    await torn.write(Buffer.alloc(40_000, 7), 0, 40_000, 200_000);
    await torn.close();
    await writeFile(path('text'), 'no database at all');
    const before = await contents(file);
    for (const [backup, code] of [
      ['none.db', 'NO_SUCH_DATABASE'],
      ['torn.db', 'DATABASE_DAMAGED'],
      ['text', 'NOT_A_DATABASE'],
    ] as const) {
      await expect(restoreDatabase(path(backup), file, { force: true })).rejects.toMatchObject({ code });
    }
    await expect(restoreDatabase(file, path('no/such/folder/a'))).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
    });
    expect(await contents(file)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('inspectDatabase', () => {
  it('counts what is there, also while it is served', async () => {
    const hub = await filled(2);
    const list = hub.atom<string>('list/1');
    for (const key of ['a', 'b', 'c']) await list.put(key, key);
    await list.remove('b');
    const info = await inspectDatabase(file);
    expect(info.epochs).toEqual([hub.epoch]);
    expect(info.bytes).toBeGreaterThan(0);
    expect(info.groups).toEqual([
      { name: 'list/1', head: 4, docs: 2, tombstones: 1, purgedThrough: 0, bytes: 4 },
      { name: 'notes', head: 2, docs: 2, tombstones: 0, purgedThrough: 0, bytes: expect.any(Number) },
    ]);
    await hub.atom('notes').put('on', {});
  });

  it('finds nothing in a database without groups, and refuses other files', async () => {
    await (await serve()).close();
    expect((await inspectDatabase(file)).groups).toEqual([]);
    await appendFile(path('text'), 'text');
    await expect(inspectDatabase(path('text'))).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });
    await expect(inspectDatabase(path('none'))).rejects.toMatchObject({ code: 'NO_SUCH_DATABASE' });
  });
});

describe('purgeDatabase', () => {
  /** Docs deleted at 1,000, 2,000 and 3,000 in each of two groups. */
  const deleted = async (): Promise<SyncHub> => {
    const hub = await serve();
    for (const group of ['g', 'h']) {
      const atom = hub.atom<number>(group);
      for (const key of ['a', 'b', 'c', 'stays']) await atom.put(key, 1);
    }
    for (const key of ['a', 'b', 'c']) {
      for (const group of ['g', 'h']) await hub.atom(group).remove(key);
      now += 1000;
    }
    return hub;
  };

  const state = async () =>
    (await inspectDatabase(file)).groups.map(({ name, tombstones, purgedThrough }) => [
      ...[name, tombstones, purgedThrough],
    ]);

  it('removes the tombstones that are old enough, and moves the horizon no further', async () => {
    await (await deleted()).close();
    expect(await purgeDatabase(file, { olderThan: 1_500, now: 3_500 })).toEqual([
      { group: 'g', tombstones: 2, purgedThrough: 6 },
      { group: 'h', tombstones: 2, purgedThrough: 6 },
    ]);
    expect(await state()).toEqual([
      ['g', 1, 6],
      ['h', 1, 6],
    ]);
    expect(await purgeDatabase(file, { olderThan: 1_500, now: 3_500 })).toEqual([]);
    expect(await purgeDatabase(file, { group: 'h', olderThan: 0 })).toEqual([
      { group: 'h', tombstones: 1, purgedThrough: 7 },
    ]);
    expect(await state()).toEqual([
      ['g', 1, 6],
      ['h', 0, 7],
    ]);
    expect(await contents(file, 'g')).toEqual(['stays']);
  });

  it('leaves what was deleted behind a tombstone that is too young, whatever the clock said', async () => {
    const hub = await serve();
    const atom = hub.atom<number>('g');
    for (const key of ['a', 'b', 'c']) await atom.put(key, 1);
    for (const [key, at] of [
      ['a', 1_000],
      ['b', 9_000],
      ['c', 2_000],
    ] as const) {
      now = at;
      await atom.remove(key);
    }
    await hub.close();
    expect(await purgeDatabase(file, { olderThan: 5_000, now: 10_000 })).toEqual([
      { group: 'g', tombstones: 1, purgedThrough: 4 },
    ]);
  });

  it('touches no database that a server holds', async () => {
    const hub = await deleted();
    await expect(purgeDatabase(file, { olderThan: 0 })).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
    await expect(purgeDatabase(path('none'), { olderThan: 0 })).rejects.toMatchObject({
      code: 'NO_SUCH_DATABASE',
    });
    await hub.close();
  });
});
