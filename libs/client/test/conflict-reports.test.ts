import type { Conflict, SyncedAtom, SyncedAtomOptions } from '@atomsync/client';
import { MemoryDisk } from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

interface Doc {
  text: string;
  tags?: ReadonlySet<string>;
  at?: ReadonlyMap<string, { n: number; m: number }>;
  list?: readonly number[];
  p?: { x: number; y: number };
}

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const open = async (base: Doc, options: SyncedAtomOptions<Doc> = {}) => {
  const [a, b] = net.atoms<Doc>('g', 2, options) as [SyncedAtom<Doc>, SyncedAtom<Doc>];
  await net.flush();
  a.put('k', base);
  await net.flush();
  const reports: Conflict[] = [];
  /** What the one that was first is told. */
  const theirs: Conflict[] = [];
  a.conflicts$.subscribe((conflict) => reports.push(conflict));
  b.conflicts$.subscribe((conflict) => theirs.push(conflict));
  net.offline(a);
  const meet = async (): Promise<Doc | undefined> => {
    await net.flush();
    net.online(a);
    await net.flush();
    expect(b.value.get('k')).toEqual(a.value.get('k'));
    return a.value.get('k');
  };
  return { a, b, reports, theirs, meet };
};

describe('what both wrote in different places of one doc survives', () => {
  it('in nested objects', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: '', p: { x: 1, y: 1 } });
    a.at('k', 'p').reset({ x: 2, y: 1 });
    b.put('k', { text: 'B', p: { x: 1, y: 2 } });
    expect(await meet()).toEqual({ text: 'B', p: { x: 2, y: 2 } });
    expect([reports, theirs]).toEqual([[], []]);
  });

  it('in Maps, by key, and within their entries', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: '', at: new Map([['one', { n: 1, m: 1 }]]) });
    a.patch('k', {
      at: new Map([
        ['one', { n: 2, m: 1 }],
        ['mine', { n: 0, m: 0 }],
      ]),
    });
    b.patch('k', {
      at: new Map([
        ['one', { n: 1, m: 2 }],
        ['theirs', { n: 0, m: 0 }],
      ]),
    });
    expect((await meet())?.at).toEqual(
      new Map([
        ['one', { n: 2, m: 2 }],
        ['theirs', { n: 0, m: 0 }],
        ['mine', { n: 0, m: 0 }],
      ]),
    );
    expect([reports, theirs]).toEqual([[], []]);
  });

  it('in Sets, by member', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: '', tags: new Set(['both', 'gone']) });
    a.patch('k', { tags: new Set(['both', 'mine']) });
    b.patch('k', { tags: new Set(['both', 'gone', 'theirs']) });
    expect((await meet())?.tags).toEqual(new Set(['both', 'theirs', 'mine']));
    expect([reports, theirs]).toEqual([[], []]);
  });

  it('but an array is one field', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: '', list: [1] });
    a.patch('k', { list: [1, 2] });
    b.patch('k', { list: [0, 1] });
    expect((await meet())?.list).toEqual([1, 2]);
    expect(reports).toMatchObject([{ path: [{ key: 'list' }], base: [1], mine: [1, 2], theirs: [0, 1] }]);
    expect(theirs).toMatchObject([{ path: [{ key: 'list' }], base: [1], mine: [0, 1], theirs: [1, 2] }]);
  });

  it('also where the other one replaced what the own field lies in, as one conflict', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: '', p: { x: 1, y: 1 } });
    a.at('k', 'p').reset({ x: 2, y: 2 });
    b.put('k', { text: 'B' });
    expect(await meet()).toEqual({ text: 'B', p: { x: 2, y: 2 } });
    expect(reports).toMatchObject([
      { path: [{ key: 'p' }], mine: { x: 2, y: 2 }, theirs: undefined, kept: 'mine' },
    ]);
    expect(theirs).toMatchObject([
      { path: [{ key: 'p' }], mine: undefined, theirs: { x: 2, y: 2 }, kept: 'theirs' },
    ]);
  });
});

describe('a report', () => {
  it('comes once, however often the own write is rebased afterwards', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: 'base' });
    a.patch('k', { text: 'A' });
    b.patch('k', { text: 'B' });
    await net.flush();
    net.online(a);
    for (let n = 0; n < 5; n++) {
      await net.flush(1);
      b.patch('k', { list: [n] });
    }
    expect((await meet())?.text).toBe('A');
    expect(reports).toHaveLength(1);
    expect(theirs).toMatchObject([{ base: 'base', mine: 'B', theirs: 'A', kept: 'theirs' }]);
  });

  it('comes for each own write that loses', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: 'base' }, { onConflict: 'server-wins' });
    a.patch('k', { text: 'A1' });
    a.patch('k', { text: 'A2' });
    b.patch('k', { text: 'B' });
    expect((await meet())?.text).toBe('B');
    expect(reports).toMatchObject([
      { base: 'base', mine: 'A1', theirs: 'B', kept: 'theirs' },
      { base: 'A1', mine: 'A2', theirs: 'B', kept: 'theirs' },
    ]);
    expect(theirs).toEqual([]);
  });

  it('comes for the first of own writes alone where mine goes on top', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: 'base' });
    a.patch('k', { text: 'A1' });
    a.patch('k', { text: 'A2' });
    b.patch('k', { text: 'B' });
    expect((await meet())?.text).toBe('A2');
    expect(reports).toMatchObject([{ base: 'base', mine: 'A1', theirs: 'B', kept: 'mine' }]);
    expect(theirs).toMatchObject([{ base: 'base', mine: 'B', theirs: 'A1', kept: 'theirs' }]);
  });

  it('is nobody’s where both wrote the same', async () => {
    const { a, b, reports, theirs, meet } = await open({ text: 'base' });
    a.patch('k', { text: 'same' });
    b.patch('k', { text: 'same' });
    expect((await meet())?.text).toBe('same');
    expect([reports, theirs]).toEqual([[], []]);
  });

  it('comes after the atom has moved on: its value is the settled one', async () => {
    const { a, b, meet } = await open({ text: 'base' });
    const seen: unknown[] = [];
    a.conflicts$.subscribe(() => seen.push(a.value.get('k')?.text));
    a.patch('k', { text: 'A' });
    b.patch('k', { text: 'B' });
    await meet();
    expect(seen).toEqual(['A']);
  });
});

describe('a rule of one transaction', () => {
  it('comes before the rule of the atom, also in the next life, where the function is gone', async () => {
    const disk = new MemoryDisk();
    const before = net.atom<Doc>(net.client({ disk }), 'g');
    const [b] = net.atoms<Doc>('g', 1);
    await net.flush();
    before.put('k', { text: 'base' });
    before.put('l', { text: 'base' });
    await net.flush();
    net.offline(before);
    before.transact({ onConflict: 'server-wins' }, (docs) =>
      docs.update('k', (doc) => ({ ...doc, text: 'A' })),
    );
    before.transact((docs) => docs.update('l', (doc) => ({ ...doc, text: 'A' })));
    b!.patch('k', { text: 'B' });
    b!.patch('l', { text: 'B' });
    await net.flush();

    const after = net.atom<Doc>(net.client({ disk }), 'g');
    const reports: Conflict[] = [];
    const theirs: Conflict[] = [];
    after.conflicts$.subscribe((conflict) => reports.push(conflict));
    b!.conflicts$.subscribe((conflict) => theirs.push(conflict));
    await net.flush();
    expect(b!.value.toJSON()).toEqual({ k: { text: 'B' }, l: { text: 'A' } });
    expect(reports).toMatchObject([
      { key: 'k', kept: 'theirs', policy: 'server-wins' },
      { key: 'l', kept: 'mine', policy: 'rebase' },
    ]);
    expect(theirs).toMatchObject([{ key: 'l', mine: 'B', theirs: 'A', kept: 'theirs' }]);
  });
});
