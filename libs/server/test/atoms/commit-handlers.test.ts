import { VirtualTimeScheduler } from 'rxjs';
import type { Commit } from '../../src/atoms/commit';
import type { SyncHub } from '../../src/hub';
import type { HubConfig } from '../../src/hub-options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { openHub, settle } from '../support/world';

/** Time that goes on only when told to. */
class Time extends VirtualTimeScheduler {
  /** Lets so many milliseconds pass, and what they bring happen. */
  async pass(ms: number): Promise<void> {
    this.maxFrames = this.frame + ms;
    this.flush();
    this.frame = this.maxFrames;
    await settle();
  }
}

let time: Time;
let store: MemoryCommitStore;
let hub: SyncHub;
const faults: unknown[] = [];

const open = async (config: Partial<HubConfig> = {}): Promise<SyncHub> => {
  hub = await openHub({ store, scheduler: time, onFault: (error) => faults.push(error), ...config });
  return hub;
};

/** A handler that notes what it is told. */
const listen = (group = 'g', handle: (commit: Commit) => unknown = () => undefined, name = 'h'): Commit[] => {
  const told: Commit[] = [];
  hub.onCommit({ name, group, handle: (commit) => (told.push(commit), handle(commit)) });
  return told;
};

const shown = (told: readonly Commit[]) =>
  told.map(({ group, from, version, changes }) => [
    group,
    from,
    version,
    changes.map(({ key, doc }) => [key, doc]),
  ]);

beforeEach(() => {
  time = new Time();
  store = new MemoryCommitStore();
  faults.length = 0;
});

afterEach(() => hub.close());

describe('a handler of commits', () => {
  it('is told of each commit as it was made, in order', async () => {
    await open();
    const told = listen();
    const n = hub.atom<number>('g');
    await n.put('a', 1);
    await n.put('a', 2);
    await hub.atom('other').put('x', 0);
    await n.remove('a');
    await settle();
    expect(shown(told)).toEqual([
      ['g', 0, 1, [['a', 1]]],
      ['g', 1, 2, [['a', 2]]],
      ['g', 2, 3, [['a', undefined]]],
    ]);
    expect(told.map(({ id }) => id)).toEqual([1, 2, 3].map((version) => `${hub.epoch.id}:g:${version}`));
  });

  it('is told of one commit of a group at a time, and does not hold up the commits', async () => {
    await open();
    const ends: (() => void)[] = [];
    const told = listen('list/*', () => new Promise<void>((end) => ends.push(end)));
    const [one, two] = [hub.atom<number>('list/1'), hub.atom<number>('list/2')];
    for (const n of [1, 2, 3]) await one.put('k', n);
    await two.put('k', 1);
    await settle();
    expect(told.map(({ group, version }) => [group, version])).toEqual([
      ['list/1', 1],
      ['list/2', 1],
    ]);
    while (ends.length > 0) {
      ends.shift()!();
      await settle();
    }
    expect(told.filter(({ group }) => group === 'list/1').map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('finds what it missed in all groups that match when it starts, merged into the latest docs', async () => {
    await open();
    for (const group of ['list/1', 'list/2', 'todo']) {
      await hub.atom(group).put('a', 1);
      await hub.atom(group).put('b', 1);
      await hub.atom(group).put('a', 2);
      await hub.atom(group).remove('b');
    }
    const told = listen('list/*');
    await settle();
    expect(shown(told)).toEqual([
      ['list/1', 0, 4, [['a', 2]]],
      ['list/2', 0, 4, [['a', 2]]],
    ]);
    await hub.atom('list/3').put('c', 1);
    await settle();
    expect(shown(told).slice(2)).toEqual([['list/3', 0, 1, [['c', 1]]]]);
  });

  it('goes on where it was after a restart, each commit told once', async () => {
    await open();
    const before = listen();
    const epoch = hub.epoch.id;
    await hub.atom('g').put('a', 1);
    await settle();
    await hub.close();
    await open();
    await hub.atom('g').put('b', 1);
    await hub.atom('g').put('a', 2);
    await hub.atom('g').put('b', 2);
    const after = listen();
    await settle();
    await hub.atom('g').put('c', 1);
    await settle();
    expect(shown(after)).toEqual([
      [
        'g',
        1,
        4,
        [
          ['a', 2],
          ['b', 2],
        ],
      ],
      ['g', 4, 5, [['c', 1]]],
    ]);
    expect([...before, ...after].map(({ id }) => id)).toEqual([
      `${epoch}:g:1`,
      ...[4, 5].map((version) => `${hub.epoch.id}:g:${version}`),
    ]);
  });

  it('is told again, under the same id, what was not stored as told when the process ended', async () => {
    await open();
    const before = listen();
    await hub.atom('g').put('a', 1);
    await settle();
    await time.pass(100);
    await hub.atom('g').put('b', 1);
    await settle();
    const killed = store.copy();
    expect(before).toHaveLength(2);
    await hub.close();
    store = killed;
    await open();
    const after = listen();
    await settle();
    expect(after.map(({ id }) => id)).toEqual([before[1]?.id]);
  });

  it('is told in pages that never part the docs of one commit', async () => {
    await open({ page: { maxDocs: 2, maxBytes: 1000 } });
    const n = hub.atom<number>('g');
    await n.put('a', 1);
    await n.transact(['b', 'c', 'd'], (docs) => docs.withAll({ b: 2, c: 2, d: 2 }));
    await n.put('e', 3);
    const told = listen();
    await settle();
    expect(shown(told)).toEqual([
      ['g', 0, 1, [['a', 1]]],
      [
        'g',
        1,
        3,
        [
          ['b', 2],
          ['c', 2],
          ['d', 2],
          ['e', 3],
        ],
      ],
    ]);
  });

  it('is called again when it has thrown, with growing waits, and other groups go on', async () => {
    await open();
    let failing = true;
    const told = listen('*', ({ group }) => {
      if (failing && group === 'bad') throw new Error('The mail server is away.');
    });
    await hub.atom('bad').put('a', 1);
    await hub.atom('good').put('a', 1);
    await settle();
    const times = () => told.filter(({ group }) => group === 'bad').length;
    expect(told.map(({ group }) => group)).toEqual(['bad', 'good']);
    await time.pass(99);
    expect(times()).toBe(1);
    await time.pass(101);
    expect(times()).toBe(2);
    await time.pass(400);
    expect(times()).toBe(3);
    await hub.atom('bad').put('b', 1);
    await hub.atom('good').put('b', 1);
    await settle();
    expect(times()).toBe(3);
    expect(faults).toMatchObject([
      { code: 'HANDLER_FAILED' },
      { code: 'HANDLER_FAILED' },
      { code: 'HANDLER_FAILED' },
    ]);
    expect(String(faults[0])).toMatch(
      /handler h failed on "bad" at version 1 \(try 1\).*The mail server is away/,
    );
    failing = false;
    await time.pass(60_000);
    expect(told.filter(({ group }) => group === 'bad').map(({ version }) => version)).toEqual([
      1, 1, 1, 1, 2,
    ]);
    expect(told.filter(({ group }) => group === 'good').map(({ version }) => version)).toEqual([1, 2]);
  });

  it('costs a bounded amount while it is busy: what it cannot take is merged from the store', async () => {
    await open();
    let end = (): void => undefined;
    const told = listen('g', () => new Promise<void>((resolve) => (end = resolve)));
    const n = hub.atom<number>('g');
    for (let i = 1; i <= 600; i++) await n.put(`k${i % 3}`, i);
    await settle();
    while (told.at(-1)?.version !== 600) {
      end();
      await settle();
    }
    const merged = told.filter(({ from, version }) => version - from > 1);
    expect(merged.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(300);
    for (const [i, { from }] of told.entries()) expect(from).toBe(i === 0 ? 0 : told[i - 1]?.version);
    end();
  });

  it('may write, and is told of that', async () => {
    await open();
    const told = listen('g', async ({ changes }) => {
      if (changes[0]?.key === 'order') await hub.atom('g').put('receipt', 1);
    });
    await hub.atom('g').put('order', 1);
    await settle();
    expect(shown(told)).toEqual([
      ['g', 0, 1, [['order', 1]]],
      ['g', 1, 2, [['receipt', 1]]],
    ]);
  });

  it('ends the call it is in before the hub closes, and no others', async () => {
    await open();
    let end = (): void => undefined;
    const told = listen('g', () => new Promise<void>((resolve) => (end = resolve)));
    await hub.atom('g').put('a', 1);
    await hub.atom('g').put('a', 2);
    await settle();
    let closed = false;
    const closing = hub.close().then(() => (closed = true));
    await settle();
    expect(closed).toBe(false);
    end();
    await closing;
    expect(told.map(({ version }) => version)).toEqual([1]);
    await open();
    const after = listen();
    await settle();
    expect(after.map(({ version }) => version)).toEqual([2]);
  });

  it('says when deletions were purged before it could be told of them', async () => {
    await open();
    const before = listen();
    await hub.atom('g').put('a', 1);
    await settle();
    await hub.close();
    await open();
    await hub.atom('g').remove('a');
    await hub.atom('g').put('b', 1);
    await hub.purge('g', 2);
    const after = listen();
    await settle();
    expect([...before, ...after].map(({ purged }) => purged)).toEqual([false, true]);
  });

  it('looks up again what it missed when the store failed', async () => {
    await open();
    await hub.atom('g').put('a', 1);
    const { read } = store;
    store.read = () => Promise.reject(new Error('The disk is away.'));
    const told = listen();
    await settle();
    store.read = read;
    await time.pass(1000);
    expect(told).toHaveLength(1);
  });

  it('has a name of its own', async () => {
    await open();
    listen();
    expect(() => listen()).toThrow(/"h" of the group "g"/);
    await hub.close();
    expect(() => listen('g', undefined, 'other')).toThrow(expect.objectContaining({ code: 'HUB_CLOSED' }));
  });

  it('asks for nothing while nothing is committed', async () => {
    await open();
    await hub.atom('g').put('a', 1);
    listen('*');
    await settle();
    await time.pass(100);
    const reads = jest.spyOn(store, 'read');
    const writes = jest.spyOn(store, 'write');
    await time.pass(3_600_000);
    expect(reads).not.toHaveBeenCalled();
    expect(writes).not.toHaveBeenCalled();
    expect(time.actions).toHaveLength(0);
  });
});
