import { inc } from '@atomsync/atom';
import { MemoryDisk, type SyncedAtom } from '@atomsync/client';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

describe('9. backup copied over the file', () => {
  interface Story {
    readonly disk: MemoryDisk;
    readonly client: TestClient;
    readonly a: SyncedAtom<number>;
    readonly b: SyncedAtom<number>;
  }

  /** A and B write; a backup is made; A writes on; the backup is put back, and others commit as much again. */
  const upToTheRestore = async (): Promise<Story> => {
    const disk = new MemoryDisk();
    const client = net.client({ disk });
    const a = net.atom<number>(client, 'g');
    const [b] = net.atoms<number>('g', 1);
    await net.flush();
    a.put('n', 0);
    for (let i = 0; i < 5; i++) a.at('n').swap(inc);
    b!.put('b', 1);
    await net.flush();
    const backup = net.backup();
    for (let i = 0; i < 4; i++) a.at('n').swap(inc);
    a.put('late', 1);
    await net.flush();
    expect(b!.value.get('n')).toBe(9);

    net.offline(a);
    net.offline(b!);
    await net.restartServer(backup);
    const [c] = net.atoms<number>('g', 1);
    await net.flush();
    expect(c!.value.get('n')).toBe(5);
    for (let i = 0; i < 10; i++) c!.put('c', i);
    await net.flush();
    c!.close();
    return { disk, client, a, b: b! };
  };

  const expectAllBack = async (atoms: readonly SyncedAtom<number>[]): Promise<void> => {
    const [fresh] = net.atoms<number>('g', 1);
    await net.flush();
    for (const atom of [...atoms, fresh!]) {
      expect(Object.fromEntries(atom.value)).toEqual({ b: 1, c: 9, late: 1, n: 9 });
    }
  };

  it('is noticed although the server reached the same version again, and what it lost is offered again', async () => {
    const { a, b } = await upToTheRestore();
    net.online(b);
    await net.flush();
    expect(b.value.get('n')).toBe(5);
    net.online(a);
    await net.flush();
    await expectAllBack([a, b]);

    a.at('n').swap(inc);
    await net.flush();
    expect(b.value.get('n')).toBe(10);
  });

  it('is made good by an author that was restarted in between', async () => {
    const { disk, client, b } = await upToTheRestore();
    await client.sync.close();
    const a = net.atom<number>(net.client({ disk }), 'g');
    net.online(b);
    await net.flush();
    await expectAllBack([a, b]);
  });

  it.each([
    ['a function', (n: number) => n + 1],
    ['a named swap', inc],
  ] as const)(
    'counts what several authors lost once each, where they took turns with %s',
    async (_, swap) => {
      const [a, b] = net.atoms<number>('g', 2);
      await net.flush();
      a!.put('n', 0);
      await net.flush();
      const backup = net.backup();
      for (let i = 0; i < 5; i++) {
        for (const atom of [a!, b!]) {
          atom.at('n').swap(swap);
          await net.flush();
        }
      }
      net.offline(a);
      net.offline(b);
      await net.restartServer(backup);
      net.online(a);
      await net.flush();
      expect(a!.value.get('n')).toBe(5);
      net.online(b);
      await net.flush();
      expect([a!.value.get('n'), b!.value.get('n')]).toEqual([10, 10]);
    },
  );

  it('keeps what the author wrote offline since, on top of what was lost', async () => {
    const { a, b } = await upToTheRestore();
    a.at('n').swap((n) => n * 2);
    expect(a.value.get('n')).toBe(18);
    net.online(a);
    net.online(b);
    await net.flush();
    expect(a.value.get('n')).toBe(18);
    expect(b.value.get('n')).toBe(18);
  });
});

describe('12. delete and purge', () => {
  it('raises no doc from the dead, and tells the one who edited it', async () => {
    const client = net.client();
    const a = net.atom<{ text: string }>(client, 'g');
    const [b] = net.atoms<{ text: string }>('g', 1);
    const conflicts: unknown[] = [];
    a.conflicts$.subscribe((conflict) => conflicts.push(conflict));
    const codes: string[] = [];
    client.sync.rejected$.subscribe((list) => codes.splice(0, codes.length, ...list.map(({ code }) => code)));
    await net.flush();
    a.put('patched', { text: '1' });
    a.put('swapped', { text: '1' });
    await net.flush();
    net.offline(a);
    a.patch('patched', { text: '2' });
    a.at('swapped').swap((doc) => ({ ...doc, text: '2' }));
    b!.remove('patched');
    b!.remove('swapped');
    await net.flush();
    expect(await (await net.hub).purge('g', 1_000)).toBe(2);
    net.online(a);
    await net.flush();
    expect([a.value.size, b!.value.size]).toEqual([0, 0]);
    expect(conflicts).toMatchObject([
      { key: 'patched', mine: { text: '2' }, theirs: undefined, kept: 'theirs' },
    ]);
    expect(codes).toEqual(['NO_SUCH_DOC']);
  });
});
