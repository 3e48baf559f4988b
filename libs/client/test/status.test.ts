import type { ChangeEvent, SyncStatus, SyncedAtom } from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const record = (atom: SyncedAtom<number>) => {
  const all: SyncStatus[] = [];
  atom.status$.subscribe((status) => all.push(status));
  return { all, phases: () => all.map(({ phase }) => phase), take: () => all.splice(0) };
};

describe('status$', () => {
  it('replays where the atom stands, synchronously', async () => {
    const [a] = net.atoms<number>('g', 1);
    expect(record(a!).all).toEqual([{ phase: 'loading', pending: 0 }]);
    await net.flush();
    expect(record(a!).all).toEqual([{ phase: 'live', pending: 0 }]);
  });

  it('goes from loading over syncing to live', async () => {
    const [a] = net.atoms<number>('g', 1);
    const { phases } = record(a!);
    await net.flush();
    expect(phases()).toEqual(['loading', 'syncing', 'live']);
  });

  it('is offline while there is no connection, and live again after catching up', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const status = record(a!);
    net.offline(a!);
    await net.flush();
    expect(status.phases()[0]).toBe('live');
    expect(
      status
        .phases()
        .slice(1)
        .every((phase) => phase === 'offline'),
    ).toBe(true);
    expect(status.all.at(-1)?.error).toMatchObject({ code: expect.any(String) as string });
    status.take();
    net.online(a!);
    await net.flush();
    expect(status.phases().filter((phase, i, all) => phase !== all[i - 1])).toEqual(['syncing', 'live']);
    expect(status.all.at(-1)).toEqual({ phase: 'live', pending: 0 });
  });

  it('is paused while the app says so', async () => {
    const client = net.client();
    const a = net.atom<number>(client, 'g');
    await net.flush();
    const { phases } = record(a);
    client.sync.pause();
    await net.flush();
    client.sync.resume();
    await net.flush();
    expect(phases()).toEqual(['live', 'paused', 'syncing', 'live']);
  });

  it('is refused, with the reason, while the server will not have the group', async () => {
    net.refuse(({ action, group }) => action === 'read' && group === 'secret');
    const client = net.client();
    const open = net.atom<number>(client, 'open');
    const secret = net.atom<number>(client, 'secret');
    await net.flush();
    expect(record(secret).all).toMatchObject([{ phase: 'refused', error: { code: 'FORBIDDEN' } }]);
    expect(record(open).phases()).toEqual(['live']);
  });

  it('counts pending writes, and says nothing twice', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const { all } = record(a!);
    a!.put('n', 1);
    a!.put('n', 2);
    await net.flush();
    expect(all.map(({ pending }) => pending)).toEqual([0, 1, 2, 0]);
  });
});

describe('pending$', () => {
  it('replays synchronously, and counts what is not confirmed', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    net.offline(a!);
    const counts: number[] = [];
    a!.pending$.subscribe((count) => counts.push(count));
    expect(counts).toEqual([0]);
    for (let n = 1; n <= 3; n++) a!.put('n', n);
    await net.flush();
    expect(counts).toEqual([0, 1, 2, 3]);
    net.online(a!);
    await net.flush();
    expect(counts.at(-1)).toBe(0);
  });

  it('is 0 again when a write was refused', async () => {
    net.refuse();
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const counts: number[] = [];
    a!.pending$.subscribe((count) => counts.push(count));
    a!.put('n', 1);
    await net.flush();
    expect(counts).toEqual([0, 1, 0]);
    expect(a!.value.size).toBe(0);
  });
});

describe('settled', () => {
  it('resolves when all that was written is confirmed', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    net.offline(a!);
    a!.put('n', 1);
    let settled = false;
    void a!.settled().then(() => (settled = true));
    await net.flush();
    expect(settled).toBe(false);
    net.online(a!);
    await net.flush();
    expect(settled).toBe(true);
  });

  it('resolves at once when nothing is pending', async () => {
    const [a] = net.atoms<number>('g', 1);
    await expect(a!.settled()).resolves.toBeUndefined();
  });
});

describe('changes$', () => {
  const listen = (atom: SyncedAtom<number>): ChangeEvent<number>[] => {
    const events: ChangeEvent<number>[] = [];
    atom.changes$.subscribe((event) => events.push(event));
    return events;
  };

  it('tells own writes as local, once and synchronously, and says nothing when they are confirmed', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const events = listen(a!);
    a!.swap((docs) => docs.with('x', 1).with('y', 2));
    const expected = [
      {
        origin: 'local',
        docs: [
          { key: 'x', before: undefined, after: 1 },
          { key: 'y', before: undefined, after: 2 },
        ],
      },
    ];
    expect(events).toEqual(expected);
    await net.flush();
    expect(events).toEqual(expected);
  });

  it("tells others' commits as remote, one event each", async () => {
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    const events = listen(a!);
    b!.put('x', 1);
    b!.put('x', 2);
    b!.remove('x');
    await net.flush();
    expect(events).toEqual([
      { origin: 'remote', docs: [{ key: 'x', before: undefined, after: 1 }] },
      { origin: 'remote', docs: [{ key: 'x', before: 1, after: 2 }] },
      { origin: 'remote', docs: [{ key: 'x', before: 2, after: undefined }] },
    ]);
  });

  it('tells a catch-up as one', async () => {
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    net.offline(a!);
    const events = listen(a!);
    b!.put('x', 1);
    b!.put('y', 1);
    b!.put('x', 2);
    await net.flush();
    net.online(a!);
    await net.flush();
    expect(events).toEqual([
      {
        origin: 'remote',
        docs: [
          { key: 'x', before: undefined, after: 2 },
          { key: 'y', before: undefined, after: 1 },
        ],
      },
    ]);
  });

  it('tells what a rebase makes of own writes', async () => {
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    a!.put('n', 1);
    await net.flush();
    net.offline(a!);
    a!.at('n').swap((n) => n * 10);
    b!.put('n', 2);
    await net.flush();
    const events = listen(a!);
    net.online(a!);
    await net.flush();
    expect(events).toEqual([{ origin: 'remote', docs: [{ key: 'n', before: 10, after: 20 }] }]);
  });

  it('tells the rolling back of a refused write', async () => {
    net.refuse();
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    const events = listen(a!);
    a!.put('n', 1);
    await net.flush();
    expect(events.map(({ origin, docs }) => [origin, docs[0]?.after])).toEqual([
      ['local', 1],
      ['remote', undefined],
    ]);
  });

  it('does not replay', async () => {
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    a!.put('n', 1);
    expect(listen(a!)).toEqual([]);
  });
});
