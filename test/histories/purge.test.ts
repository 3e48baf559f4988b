import { inc } from '@atomsync/atom';
import { MemoryDisk, type SyncedAtom } from '@atomsync/client';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';

const MINUTE = 60 * 1000;

interface Note {
  readonly text: string;
  readonly read?: number;
}

let net: TestNet;
beforeEach(() => {
  net = createTestNet({
    server: { retention: { tombstones: 10 * MINUTE, lines: 90 * MINUTE, every: MINUTE } },
  });
});
afterEach(() => net.close());

describe('12. delete and purge, away for longer than the horizon', () => {
  interface Story {
    readonly disk: MemoryDisk;
    readonly client: TestClient;
    readonly a: SyncedAtom<Note>;
    readonly b: SyncedAtom<Note>;
  }

  /** A goes offline with docs that B then deletes, or changes; it writes on some of them, and is away for too long. */
  const afterTheHorizon = async (): Promise<Story> => {
    const disk = new MemoryDisk();
    const client = net.client({ disk });
    const a = net.atom<Note>(client, 'g');
    const [b] = net.atoms<Note>('g', 1);
    await net.flush();
    for (const key of [
      'kept',
      'changed',
      'gone',
      'gone-patched',
      'gone-swapped',
      'gone-removed',
      'counted',
    ]) {
      a.put(key, { text: 'old' });
    }
    await net.flush();
    net.offline(a);
    for (const key of ['gone', 'gone-patched', 'gone-swapped', 'gone-removed']) b!.remove(key);
    b!.patch('changed', { text: 'by B' });
    await net.flush();

    a.put('new', { text: 'by A' });
    a.patch('changed', { read: 1 });
    a.patch('gone-patched', { read: 1 });
    a.at('gone-swapped').swap((note) => ({ ...note, read: 1 }));
    a.remove('gone-removed');
    a.at('counted', 'read', { default: 0 }).swap(inc);
    await net.flush(15 * MINUTE);
    expect((await (await net.hub).look('g', ['gone'])).docs).toEqual([]);
    return { disk, client, a, b: b! };
  };

  const expected = {
    kept: { text: 'old' },
    changed: { text: 'by B', read: 1 },
    counted: { text: 'old', read: 1 },
    new: { text: 'by A' },
  };

  it('delivers what still makes sense, reports the rest, and raises nothing from the dead', async () => {
    const { client, a, b } = await afterTheHorizon();
    const conflicts: unknown[] = [];
    a.conflicts$.subscribe((conflict) => conflicts.push(conflict));
    const codes: string[] = [];
    client.sync.rejected$.subscribe((list) => codes.splice(0, codes.length, ...list.map(({ code }) => code)));
    net.online(a);
    await net.flush();

    const [fresh] = net.atoms<Note>('g', 1);
    await net.flush();
    for (const atom of [a, b, fresh!]) expect(Object.fromEntries(atom.value)).toEqual(expected);
    expect(conflicts).toMatchObject([{ key: 'gone-patched', mine: { read: 1 }, theirs: undefined }]);
    expect(codes).toEqual(['NO_SUCH_DOC']);
    await expect(a.settled()).resolves.toBeUndefined();
  });

  it('does the same for a client that was restarted in between', async () => {
    const { disk, client, b } = await afterTheHorizon();
    await client.sync.close();
    const a = net.atom<Note>(net.client({ disk }), 'g');
    await net.flush();
    await a.settled();
    for (const atom of [a, b]) expect(Object.fromEntries(atom.value)).toEqual(expected);
  });

  it('shows no one a moment in which what was deleted is there again', async () => {
    const { a, b } = await afterTheHorizon();
    const atB = new Set<string>();
    b.subscribe((value) => [...value.keys()].forEach((key) => atB.add(key)));
    const atA: boolean[] = [];
    a.subscribe((value) => atA.push(value.has('gone')));
    net.online(a);
    await net.flush();
    expect([...atB].filter((key) => key.startsWith('gone'))).toEqual([]);
    expect(atA.slice(atA.indexOf(false))).not.toContain(true);
    expect(atA.at(-1)).toBe(false);
  });
});

describe('a client away for less than the horizon', () => {
  it('hears of the deletions and nothing else', async () => {
    const [a, b] = net.atoms<Note>('g', 2);
    await net.flush();
    for (let i = 0; i < 50; i++) a!.put(`n${i}`, { text: 'x' });
    await net.flush();
    net.offline(a);
    b!.remove('n7');
    await net.flush(5 * MINUTE);
    const changes: unknown[] = [];
    a!.changes$.subscribe((change) => changes.push(change));
    net.online(a);
    await net.flush();
    expect(a!.value.size).toBe(49);
    expect(changes).toHaveLength(1);
  });
});
