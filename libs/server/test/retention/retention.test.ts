import { VirtualClock } from '../../../testing/src/virtual-clock';
import type { SyncHub } from '../../src/hub';
import { DEFAULT_RETENTION, type Retention } from '../../src/retention/retention';
import type { CommitStore } from '../../src/store/commit-store';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { TypeOrmCommitStore } from '../../src/store/typeorm/typeorm-commit-store';
import { connect, cursorOf, mutation, openHub, pushOf, put, settle, subscribe } from '../support/world';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const stores: [string, () => CommitStore][] = [
  ['memory', () => new MemoryCommitStore()],
  ['SQLite', () => new TypeOrmCommitStore({ type: 'better-sqlite3', database: ':memory:' })],
];

describe.each(stores)('retention, on %s', (_name, makeStore) => {
  let time: VirtualClock;
  let store: CommitStore;
  let hub: SyncHub;
  let faults: unknown[];

  const open = async (retention: Retention | undefined = DEFAULT_RETENTION): Promise<void> => {
    time = new VirtualClock();
    store = makeStore();
    faults = [];
    const clock = () => time.now();
    hub = await openHub({ store, clock, scheduler: time, retention, onFault: (error) => faults.push(error) });
  };
  afterEach(() => hub.close());

  const groupRow = async (name = 'g') => {
    const { groups } = await store.read((reader) => reader.load({ groups: [name], docs: [], lines: [] }));
    return groups[0]!;
  };
  const tombstones = async (keys: string[]): Promise<string[]> =>
    (await hub.look('g', keys)).docs.filter(({ body }) => body === undefined).map(({ key }) => key);

  it('forgets deletions when they are 30 days old, within the hour', async () => {
    await open();
    const atom = hub.atom<number>('g');
    for (const key of ['a', 'b', 'c']) await atom.put(key, 1);
    await atom.remove('a');
    await time.advance(10 * DAY);
    await atom.remove('b');
    await atom.put('c', 2);
    await time.advance(20 * DAY - HOUR);
    expect(await tombstones(['a', 'b'])).toEqual(['a', 'b']);
    await time.advance(2 * HOUR);
    expect(await tombstones(['a', 'b'])).toEqual(['b']);
    expect(await groupRow()).toMatchObject({ head: 6, purgedThrough: 4 });
    await time.advance(10 * DAY);
    expect(await tombstones(['a', 'b'])).toEqual([]);
    expect(await groupRow()).toMatchObject({ head: 6, purgedThrough: 5 });
    expect((await atom.get('c'))!).toBe(2);
    expect(faults).toEqual([]);
  });

  it('lets clients sync in full that have not heard of what was forgotten, and no others', async () => {
    await open();
    const atom = hub.atom<number>('g');
    for (const key of ['a', 'b']) await atom.put(key, 1);
    const before = cursorOf(await subscribe(await connect(hub, 'x')));
    await atom.remove('a');
    const behind = cursorOf(await subscribe(await connect(hub, 'y')));
    await time.advance(31 * DAY);

    const away = await connect(hub, 'x2');
    expect(await subscribe(away, { cursor: before })).toMatchObject([
      { type: 'resync', reason: 'purged' },
      { type: 'changes', from: 0, docs: [{ key: 'b' }] },
    ]);
    const here = await connect(hub, 'y2');
    expect(await subscribe(here, { cursor: behind })).toMatchObject([{ type: 'changes', from: 3, docs: [] }]);
    await atom.put('a', 2);
    await settle();
    expect(here.take()).toMatchObject([{ type: 'commits', from: 3, to: 4 }]);
  });

  it('tells one that is connected and behind to sync in full, in place of what it would have missed', async () => {
    await open();
    const atom = hub.atom<number>('g');
    await atom.put('a', 1);
    const link = await connect(hub, 'x');
    await subscribe(link);
    link.stuck = Infinity;
    await atom.remove('a');
    await settle();
    link.take();
    expect(await hub.purgeOld({ olderThan: 0 })).toEqual([{ group: 'g', tombstones: 1, purgedThrough: 2 }]);
    link.stuck = 0;
    await time.advance(1_000);
    expect(link.take()).toMatchObject([
      { type: 'resync', reason: 'purged' },
      { type: 'changes', docs: [], cursor: { version: 2 } },
    ]);
  });

  it('forgets many in short turns, between which others have theirs', async () => {
    await open();
    const keys = Array.from({ length: 3_000 }, (_, i) => `k${i}`);
    const link = await connect(hub, 'x');
    await subscribe(link);
    for (const [round, first] of [0, 1_000, 2_000].entries()) {
      const part = keys.slice(first, first + 1_000);
      const puts = mutation(
        2 * round + 1,
        part.map((key) => put(key, 1)),
      );
      const deletes = part.map((key) => ({ kind: 'delete', key }) as const);
      link.say(pushOf('x', 2 * round, [puts, mutation(2 * round + 2, deletes, { madeAt: 0 })]));
      await time.advance(0);
    }
    expect((await groupRow()).head).toBe(6);

    let purging = true;
    const purge = hub.purgeOld({ olderThan: 0 }).finally(() => (purging = false));
    const left: number[] = [];
    while (purging) left.push((await tombstones(keys)).length);
    expect(await purge).toEqual([{ group: 'g', tombstones: 3_000, purgedThrough: 6 }]);
    expect(left).toEqual(expect.arrayContaining([2_000, 1_000]));
  });

  it('goes through all groups, or the one that is named, and tells what went', async () => {
    await open();
    const names = Array.from({ length: 600 }, (_, i) => `list/${i}`);
    for (const name of names) await hub.atom<number>(name).put('a', 1);
    for (const name of names.slice(0, 500)) await hub.atom<number>(name).remove('a');
    expect(await hub.purgeOld({ olderThan: 1 })).toEqual([]);
    expect(await hub.purgeOld({ group: 'list/7', olderThan: 0 })).toEqual([
      { group: 'list/7', tombstones: 1, purgedThrough: 2 },
    ]);
    expect(await hub.purgeOld({ group: 'none', olderThan: 0 })).toEqual([]);
    expect(await hub.purgeOld({ olderThan: 0 })).toHaveLength(499);
  });

  it('forgets lines that write no more, and none that may', async () => {
    await open({ tombstones: false, lines: 8 * DAY, every: HOUR });
    for (const clientId of ['ended', 'open']) {
      const link = await connect(hub, clientId);
      await subscribe(link);
      link.say(pushOf(clientId, 0, [mutation(1, [put(clientId, 1)])]));
      await settle();
      if (clientId === 'ended') link.say({ type: 'seen', group: 'g', clientId, number: 1, closed: true });
      await settle();
    }
    const lines = async () => {
      const refs = ['ended', 'open'].map((clientId) => ({ group: 'g', clientId }));
      const rows = await store.read((reader) => reader.load({ groups: [], docs: [], lines: refs }));
      return rows.lines.map(({ clientId }) => clientId).sort();
    };
    await time.advance(8 * DAY - HOUR);
    expect(await lines()).toEqual(['ended', 'open']);
    await time.advance(2 * HOUR);
    expect(await lines()).toEqual(['open']);
  });

  it('forgets nothing without being told to', async () => {
    await open(undefined);
    hub = await (await hub.close(),
    openHub({ store: (store = makeStore()), scheduler: time, clock: () => time.now() }));
    const atom = hub.atom<number>('g');
    await atom.put('a', 1);
    await atom.remove('a');
    await time.advance(400 * DAY);
    expect(await tombstones(['a'])).toEqual(['a']);
  });

  it('reports a look that failed, and looks again', async () => {
    await open();
    const atom = hub.atom<number>('g');
    await atom.put('a', 1);
    await atom.remove('a');
    const purge = store.purge.bind(store);
    store.purge = () => Promise.reject(new Error('disk full'));
    await time.advance(30 * DAY + 2 * HOUR);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]).toMatchObject({ message: 'disk full' });
    expect(await tombstones(['a'])).toEqual(['a']);
    store.purge = purge;
    await time.advance(HOUR);
    expect(await tombstones(['a'])).toEqual([]);
  });

  it('ends with the hub, in the middle of a look too', async () => {
    await open();
    for (let i = 0; i < 400; i++) await hub.atom<number>(`g${i}`).put('a', 1);
    const purge = hub.purgeOld({ olderThan: 0 });
    await hub.close();
    await purge;
    await time.advance(40 * DAY);
    expect(faults).toEqual([]);
  });
});
