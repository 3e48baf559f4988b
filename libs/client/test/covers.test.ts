import { inc } from '@atomsync/atom';
import { MemoryDisk, type Conflict, type SyncedAtom, type SyncedAtomOptions } from '@atomsync/client';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';

interface Doc {
  text: string;
  n: number;
  tags?: ReadonlySet<string> | string;
  p?: { x: number; y: number };
}

interface End {
  readonly client: TestClient;
  readonly atom: SyncedAtom<Doc>;
  readonly reports: Conflict[];
}

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const open = async (disk?: MemoryDisk, options: SyncedAtomOptions<Doc> = {}): Promise<End> => {
  const client = net.client(disk ? { disk } : {});
  const atom = net.atom<Doc>(client, 'g', options);
  const reports: Conflict[] = [];
  atom.conflicts$.subscribe((conflict) => reports.push(conflict));
  await net.flush();
  return { client, atom, reports };
};

const base: Doc = { text: 'base', n: 1 };

/** Clients on one doc. */
const ends = async (count: number, doc: Doc = base): Promise<End[]> => {
  const all: End[] = [];
  for (let i = 0; i < count; i++) all.push(await open());
  all[0]!.atom.put('k', doc);
  await net.flush();
  return all;
};

/** `late` writes offline, `first` is there before it; nobody else's link is touched. */
const cover = async (late: End, write: () => void, first: () => void): Promise<void> => {
  net.offline(late.atom);
  write();
  first();
  await net.flush();
  net.online(late.atom);
  await net.flush();
};

const at = (key: keyof Doc): Conflict['path'] => [{ in: 'object', key }];
const lost = (mine: unknown, theirs: unknown, more: Partial<Conflict> = {}) => ({
  ...{ key: 'k', path: at('text'), base: 'base', mine, theirs, kept: 'theirs', policy: 'rebase' },
  ...more,
});

describe('a client whose committed value is covered', () => {
  it('is told, and so is the one that covers it', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A' }),
      () => b.atom.patch('k', { text: 'B' }),
    );
    expect(a.reports).toEqual([lost('A', 'B', { kept: 'mine' })]);
    expect(b.reports).toEqual([lost('B', 'A')]);
  });

  it('is told once the atom has moved on', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    const seen: unknown[] = [];
    b.atom.conflicts$.subscribe(() => seen.push(b.atom.value.get('k')?.text));
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A' }),
      () => b.atom.patch('k', { text: 'B' }),
    );
    expect(seen).toEqual(['A']);
  });

  it('is told when it comes back, and only once', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    net.offline(a.atom);
    a.atom.patch('k', { text: 'A' });
    b.atom.patch('k', { text: 'B' });
    await net.flush();
    net.offline(b.atom);
    net.online(a.atom);
    await net.flush();
    a.atom.patch('k', { n: 2 });
    await net.flush();
    expect(b.reports).toEqual([]);
    for (let i = 0; i < 3; i++) {
      net.online(b.atom);
      await net.flush();
      net.offline(b.atom);
    }
    expect(b.reports).toEqual([lost('B', 'A')]);
  });

  it('is told though it learns in one step that its write was accepted, and covered', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    net.offline(a.atom);
    a.atom.patch('k', { text: 'A' });
    b.atom.patch('k', { text: 'B' });
    // The write arrives; the way back is cut.
    await net.flush(1);
    b.client.cable.cutHalf();
    b.client.cable.down = true;
    await net.flush(100);
    net.offline(b.atom);
    expect(b.atom.group.replica.pending.size).toBe(1);
    net.online(a.atom);
    await net.flush();
    net.online(b.atom);
    await net.flush();
    expect(b.atom.value.get('k')?.text).toBe('A');
    expect(b.reports).toEqual([lost('B', 'A')]);
  });

  it.each([
    ['which patched', { text: 'B' }],
    ['which patched a large doc', { text: 'B'.repeat(5000) }],
  ])('is told in its next life, %s', async (_, patch) => {
    const disk = new MemoryDisk();
    const large = { text: 'base'.repeat(patch.text.length), n: 1 };
    const [a] = (await ends(1, large)) as [End];
    const before = await open(disk);
    net.offline(a.atom);
    a.atom.patch('k', { text: 'A' });
    before.atom.patch('k', patch);
    await net.flush();
    await before.client.sync.close();
    net.online(a.atom);
    await net.flush();

    const after = await open(disk);
    expect(after.reports).toEqual([lost(patch.text, 'A', { base: large.text })]);
    expect((await open(disk)).reports).toEqual([]);
  });

  it('is told in its next life that its doc was made anew, or is gone', async () => {
    const disk = new MemoryDisk();
    const [a] = (await ends(1)) as [End];
    const before = await open(disk);
    net.offline(a.atom);
    a.atom.put('new', { text: 'A', n: 1 });
    a.atom.remove('k');
    before.atom.put('new', { text: 'B', n: 1 });
    before.atom.patch('k', { text: 'B' });
    await net.flush();
    await before.client.sync.close();
    net.online(a.atom);
    await net.flush();

    const { reports } = await open(disk);
    const whole = { path: [], kept: 'theirs', policy: 'rebase' };
    expect(reports).toHaveLength(2);
    expect(reports).toEqual(
      expect.arrayContaining([
        { ...whole, key: 'new', base: undefined, mine: { text: 'B', n: 1 }, theirs: { text: 'A', n: 1 } },
        { ...whole, key: 'k', base, mine: { ...base, text: 'B' }, theirs: undefined },
      ]),
    );
  });

  it('is told of the field that was covered, and not of the one beside it', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A' }),
      () => b.atom.patch('k', { text: 'B', n: 7 }),
    );
    expect(a.atom.value.get('k')).toEqual({ text: 'A', n: 7 });
    expect(b.reports).toEqual([lost('B', 'A')]);
  });

  it('is told of an edit that a deletion covers', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    await cover(
      a,
      () => a.atom.remove('k'),
      () => b.atom.patch('k', { text: 'B' }),
    );
    const doc = { ...base, text: 'B' };
    expect(b.reports).toEqual([lost(doc, undefined, { path: [], base })]);
  });

  it('is told of a deletion that a rule takes back', async () => {
    const options: SyncedAtomOptions<Doc> = { onConflict: (_, mine) => mine };
    const [a, b] = [await open(undefined, options), await open(undefined, options)];
    a.atom.put('k', base);
    await net.flush();
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A' }),
      () => b.atom.remove('k'),
    );
    const doc = { ...base, text: 'A' };
    expect(b.atom.value.get('k')).toEqual(doc);
    expect(b.reports).toEqual([lost(undefined, doc, { path: [], base, policy: 'function' })]);
  });

  it('is told of what it wrote within a part that was replaced', async () => {
    const doc = { ...base, p: { x: 1, y: 1 }, tags: new Set(['t']) };
    const [a, b] = (await ends(2, doc)) as [End, End];
    await cover(
      a,
      () => a.atom.put('k', { ...base, tags: 'none' }),
      () => b.atom.patch('k', { p: { x: 2, y: 1 }, tags: new Set(['t', 'b']) }),
    );
    expect(b.reports).toEqual([
      lost({ x: 2, y: 1 }, undefined, { path: at('p'), base: doc.p }),
      lost(new Set(['t', 'b']), 'none', { path: at('tags'), base: doc.tags }),
    ]);
  });

  it('is told of a Set, where a rule takes a member out again', async () => {
    const tags = new Set(['t']);
    const rule: SyncedAtomOptions<Doc> = { onConflict: (_, mine) => mine };
    const [a, b] = [await open(undefined, rule), await open(undefined, rule)];
    a.atom.put('k', { text: '', n: 1, tags: '' });
    await net.flush();
    await cover(
      a,
      () => a.atom.patch('k', { tags }),
      () => b.atom.patch('k', { tags: new Set(['t', 'b']) }),
    );
    expect(b.reports).toEqual([
      lost(new Set(['t', 'b']), tags, { path: at('tags'), base: '', policy: 'function' }),
    ]);
  });
});

describe('three clients in a row', () => {
  it('cover each other: each hears of its own loss', async () => {
    const [a, b, c] = (await ends(3)) as [End, End, End];
    for (const end of [b, c]) net.offline(end.atom);
    for (const [end, mine] of [
      [a, 'A'],
      [b, 'B'],
      [c, 'C'],
    ] as const) {
      end.atom.patch('k', { text: mine });
      net.online(end.atom);
      if (end !== a) await net.flush();
    }
    await net.flush();
    expect(a.atom.value.get('k')?.text).toBe('C');
    expect(a.reports).toEqual([lost('A', 'B')]);
    expect(b.reports).toEqual([lost('B', 'A', { kept: 'mine' }), lost('B', 'C', { base: 'A' })]);
    expect(c.reports).toEqual([lost('C', 'B', { kept: 'mine' })]);
  });

  it('the first two of them away: each hears of its own loss when it comes back', async () => {
    const [a, b, c] = (await ends(3)) as [End, End, End];
    for (const { atom } of [b, c]) net.offline(atom);
    b.atom.patch('k', { text: 'B' });
    c.atom.patch('k', { text: 'C' });
    a.atom.patch('k', { text: 'A' });
    await net.flush();
    net.offline(a.atom);
    net.online(b.atom);
    await net.flush();
    net.offline(b.atom);
    net.online(c.atom);
    await net.flush();
    for (const { atom } of [a, b]) net.online(atom);
    await net.flush();
    expect(a.reports).toEqual([lost('A', 'C')]);
    expect(b.reports).toEqual([lost('B', 'A', { kept: 'mine' }), lost('B', 'C', { base: 'A' })]);
  });

  it('a loss is told though later writes were covered by others who had seen the first cover', async () => {
    const [a, b, c] = (await ends(3)) as [End, End, End];
    await cover(
      b,
      () => b.atom.patch('k', { n: 20 }),
      () => a.atom.patch('k', { n: 10 }),
    );
    expect(a.reports).toHaveLength(1);
    net.offline(b.atom);
    b.atom.patch('k', { text: 'B' });
    a.atom.patch('k', { text: 'A' });
    await net.flush();
    net.offline(a.atom);
    net.online(b.atom);
    await net.flush();
    await cover(
      b,
      () => b.atom.patch('k', { n: 40 }),
      () => c.atom.patch('k', { n: 30 }),
    );
    net.online(a.atom);
    await net.flush();
    expect(a.reports.slice(1)).toEqual([lost('A', 'B')]);
    expect(c.reports).toHaveLength(1);
  });
});

describe('nobody is told', () => {
  it('of what a swap saw when it ran again', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    await cover(
      a,
      () => {
        a.atom.at('k', 'n').swap(inc, 5);
        a.atom.at('k').swap((doc) => ({ ...doc, text: `A, not ${doc.text}` }));
      },
      () => b.atom.patch('k', { text: 'B', n: 100 }),
    );
    expect(b.atom.value.get('k')).toEqual({ text: 'A, not B', n: 105 });
    expect([...a.reports, ...b.reports]).toEqual([]);
  });

  it('of what the later one had seen, live or not', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    b.atom.patch('k', { text: 'B' });
    await net.flush();
    a.atom.patch('k', { text: 'A' });
    await net.flush();
    b.atom.patch('k', { text: 'B again' });
    await net.flush();
    net.offline(b.atom);
    a.atom.patch('k', { text: 'A again' });
    await net.flush();
    net.online(b.atom);
    await net.flush();
    expect(b.atom.value.get('k')?.text).toBe('A again');
    expect([...a.reports, ...b.reports]).toEqual([]);
  });

  it('of what was seen, beside covers from before and after', async () => {
    const [a, b, c] = (await ends(3)) as [End, End, End];
    const collide = () =>
      cover(
        a,
        () => a.atom.patch('k', { n: (a.atom.value.get('k')?.n ?? 0) + 1 }),
        () => c.atom.patch('k', { n: (a.atom.value.get('k')?.n ?? 0) + 2 }),
      );
    await collide();
    b.atom.patch('k', { text: 'B' });
    await net.flush();
    net.offline(b.atom);
    a.atom.patch('k', { text: 'A' });
    await net.flush();
    await collide();
    net.online(b.atom);
    await net.flush();
    expect(b.atom.value.get('k')?.text).toBe('A');
    expect(b.reports).toEqual([]);
    expect(c.reports).toHaveLength(2);
  });

  it('where the value that covers is the same, or gave way itself', async () => {
    const rule: SyncedAtomOptions<Doc> = { onConflict: 'server-wins' };
    const [a, b] = [await open(undefined, rule), await open(undefined, rule)];
    a.atom.put('k', base);
    await net.flush();
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A', n: 5 }),
      () => b.atom.patch('k', { text: 'B', n: 5 }),
    );
    expect(b.reports).toEqual([]);
    expect(a.reports).toMatchObject([{ kept: 'theirs' }]);
  });

  it('of a field that is new beside what it wrote', async () => {
    const [a, b, c] = (await ends(3)) as [End, End, End];
    net.offline(a.atom);
    a.atom.put('new', { text: 'A', n: 1 });
    b.atom.put('new', { text: 'B', n: 1 });
    await net.flush();
    net.online(a.atom);
    await net.flush();
    expect(b.reports).toMatchObject([{ path: [], mine: { text: 'B', n: 1 }, theirs: { text: 'A', n: 1 } }]);
    b.atom.put('newer', { text: 'B', n: 1 });
    net.offline(c.atom);
    await net.flush();
    c.atom.put('newer', { text: 'B', n: 1, tags: 'C' });
    net.online(c.atom);
    await net.flush();
    expect(c.atom.value.get('newer')).toEqual({ text: 'B', n: 1, tags: 'C' });
    expect(b.reports).toHaveLength(1);
  });

  it('of a write that was refused', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    net.offline(a.atom);
    a.atom.patch('k', { text: 'A' });
    b.atom.patch('k', { text: 'B' });
    await net.flush();
    net.refuse();
    net.online(a.atom);
    await net.flush();
    expect(a.atom.value.get('k')?.text).toBe('B');
    expect(b.reports).toEqual([]);
  });

  it('of its own earlier write', async () => {
    const [a, b] = (await ends(2)) as [End, End];
    b.atom.patch('k', { text: 'B1' });
    b.atom.patch('k', { text: 'B2' });
    await net.flush();
    await cover(
      a,
      () => a.atom.patch('k', { text: 'A' }),
      () => {
        b.atom.patch('k', { text: 'B3' });
        b.atom.patch('k', { text: 'B4' });
      },
    );
    expect(b.reports).toEqual([lost('B4', 'A', { base: 'B3' })]);
  });
});

describe('what covers', () => {
  it('covers also from its next life, the value of one that wrote while it was down', async () => {
    const disk = new MemoryDisk();
    const [b] = (await ends(1)) as [End];
    const before = await open(disk);
    net.offline(before.atom);
    before.atom.patch('k', { text: 'A' });
    await net.flush();
    await before.client.sync.close();
    b.atom.patch('k', { text: 'B' });
    await net.flush();

    const after = await open(disk);
    expect(after.reports).toEqual([lost('A', 'B', { kept: 'mine' })]);
    expect(b.reports).toEqual([lost('B', 'A')]);
  });
});
