import { inc, type DocMap } from '@atomsync/atom';
import { syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import { backupDatabase, inspectDatabase, restoreDatabase } from '@atomsync/server';
import { Stage, TRANSPORTS } from '../support/stage';
import { until } from '../support/until';

interface Client {
  readonly conn: AtomSync;
  readonly counts: SyncedAtom<number>;
}

describe.each(TRANSPORTS)('a server restored from an older backup, over %s', (_, transport) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(transport);
  });
  afterEach(() => stage.close());

  const client = (name: string): Client => {
    const conn = stage.client(name);
    return { conn, counts: syncedAtom<number>(conn, 'counts') };
  };

  /** Each client counts on a doc of its own and on the one of all. */
  const count = ({ counts }: Client, own: string, times: number): void => {
    for (let i = 0; i < times; i++) {
      counts.at(own, { default: 0 }).swap(inc);
      counts.at('all', { default: 0 }).swap(inc);
    }
  };

  /** Makes a backup while both write, and lets them write on. All that is lost then is acknowledged. */
  const writeAround = async (a: Client, b: Client, backup: string): Promise<void> => {
    await Promise.all([a.counts.ready(), b.counts.ready()]);
    for (let i = 0; i < 100; i++) a.counts.put(`ballast ${i}`, i);
    count(a, 'a', 5);
    count(b, 'b', 5);
    await Promise.all([a.counts.settled(), b.counts.settled()]);
    const backedUp = backupDatabase(stage.server.databaseFile, backup);
    count(a, 'a', 20);
    count(b, 'b', 20);
    await backedUp;
    count(a, 'a', 5);
    count(b, 'b', 5);
    a.counts.remove('ballast 7');
    b.counts.put('late', 1);
    await Promise.all([a.counts.settled(), b.counts.settled()]);
  };

  const whole = { a: 30, b: 30, all: 60, late: 1 };
  const isWhole = (value: DocMap<number>) =>
    Object.entries(whole).every(([key, n]) => value.get(key) === n) && !value.has('ballast 7');

  const restore = async (backup: string): Promise<void> => {
    await stage.server.end();
    await restoreDatabase(backup, stage.server.databaseFile, { force: true });
    const { groups } = await inspectDatabase(stage.server.databaseFile);
    expect(groups).toMatchObject([{ name: 'counts', tombstones: 0, purgedThrough: 0 }]);
    await stage.server.restart();
  };

  it('is noticed by every client, and what it lost is offered again by its authors', async () => {
    const [a, b, reader] = [client('a'), client('b'), client('reader')];
    await reader.counts.ready();
    const backup = stage.server.folder('backup.db');
    await writeAround(a, b, backup);
    await until(reader.counts, isWhole);

    a.conn.pause();
    b.conn.pause();
    await restore(backup);
    reader.conn.resume();
    const back = await until(reader.counts, (value) => !value.has('late'));
    expect(back.has('ballast 7')).toBe(true);
    expect(back.get('all')).toBeLessThanOrEqual(50);

    a.conn.resume();
    b.conn.resume();
    const fresh = client('fresh');
    await Promise.all([a, b, reader, fresh].map(({ counts }) => until(counts, isWhole)));
    await Promise.all([a.counts.settled(), b.counts.settled()]);
    expect(fresh.counts.value.size).toBe(99 + 4);
    for (const { conn } of [a, b]) await until(conn.rejected$, (list) => list.length === 0);
  }, 60_000);

  it('is noticed when it has gone on to the same version by then', async () => {
    const [a, b] = [client('a'), client('b')];
    const backup = stage.server.folder('backup.db');
    await writeAround(a, b, backup);
    const { groups } = await inspectDatabase(stage.server.databaseFile);
    a.conn.pause();
    b.conn.pause();
    await restore(backup);

    const other = client('other');
    await other.counts.ready();
    for (let n = 0; n < groups[0]!.head; n++) other.counts.put('other', n);
    await other.counts.settled();

    a.conn.resume();
    b.conn.resume();
    await Promise.all([a, b, other].map(({ counts }) => until(counts, isWhole)));
    expect(a.counts.value.get('other')).toBe(groups[0]!.head - 1);
  }, 60_000);
});

it('a server is not restored while it runs', async () => {
  const stage = await Stage.open();
  const notes = syncedAtom<number>(stage.client('a'), 'notes');
  notes.put('a', 1);
  await notes.settled();
  const { databaseFile } = stage.server;
  const backup = stage.server.folder('backup.db');
  await backupDatabase(databaseFile, backup);
  await expect(restoreDatabase(backup, databaseFile, { force: true })).rejects.toMatchObject({
    code: 'DATABASE_IN_USE',
  });
  notes.put('b', 2);
  await notes.settled();
  await stage.close();
}, 30_000);
