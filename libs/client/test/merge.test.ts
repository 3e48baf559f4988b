import { fieldEdits, valuesEqual, type PathStep } from '@atomsync/protocol';
import fc from 'fast-check';
import type { Conflict, ConflictPolicy } from '../src/conflict';
import { mergeDoc, type Merge } from '../src/merge';

type Shape = unknown;

const merge = (
  base: Shape,
  mine: Shape,
  theirs: Shape,
  policy: ConflictPolicy = 'rebase',
  mineIsLater = true,
): Merge<unknown> => mergeDoc<unknown>('k', { before: base, after: mine }, theirs, policy, mineIsLater);

const field = (...keys: string[]): PathStep[] => keys.map((key) => ({ in: 'object', key }));
const entry = (key: unknown): PathStep => ({ in: 'map', key });

describe('mergeDoc, where only one side wrote', () => {
  it('takes mine where theirs is still what mine was made on', () => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 1 })).toEqual({ after: { a: 2 }, conflicts: [] });
    expect(merge({ a: 1 }, undefined, { a: 1 })).toEqual({ after: undefined, conflicts: [] });
    expect(merge(undefined, { a: 1 }, undefined)).toEqual({ after: { a: 1 }, conflicts: [] });
  });

  it('has nothing to settle where both wrote the same', () => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 2 })).toEqual({ after: { a: 2 }, conflicts: [] });
    expect(merge({ a: 1 }, undefined, undefined)).toEqual({ after: undefined, conflicts: [] });
    expect(merge(undefined, { a: 1 }, { a: 1 })).toEqual({ after: { a: 1 }, conflicts: [] });
  });

  it('keeps the very doc where nothing differs', () => {
    const theirs = { a: 2 };
    expect(merge({ a: 1 }, { a: 2 }, theirs).after).toBe(theirs);
  });
});

describe('mergeDoc, of different fields', () => {
  const rows: [string, Shape, Shape, Shape, Shape][] = [
    ['fields of an object', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }],
    ['a new field and a deleted one', { a: 1 }, { a: 1, b: 2 }, {}, { b: 2 }],
    [
      'nested fields',
      { p: { x: 1, y: 1 }, q: 1 },
      { p: { x: 2, y: 1 }, q: 1 },
      { p: { x: 1, y: 2 }, q: 2 },
      { p: { x: 2, y: 2 }, q: 2 },
    ],
    [
      'one field of one kind, one of another',
      { a: 1, l: [1] },
      { a: 1, l: [1, 2] },
      { a: 2, l: [1] },
      { a: 2, l: [1, 2] },
    ],
    ['the same new field with the same value', { a: 1 }, { a: 1, b: 2 }, { a: 3, b: 2 }, { a: 3, b: 2 }],
    [
      'entries of a Map',
      new Map([['x', 1]]),
      new Map([['x', 2]]),
      new Map([
        ['x', 1],
        ['y', 1],
      ]),
      new Map([
        ['x', 2],
        ['y', 1],
      ]),
    ],
    [
      'entries of a Map under keys of any kind',
      new Map([[[1], { n: 1, m: 1 }]]),
      new Map([[[1], { n: 2, m: 1 }]]),
      new Map([[[1], { n: 1, m: 2 }]]),
      new Map([[[1], { n: 2, m: 2 }]]),
    ],
    [
      'members of a Set',
      new Set(['a', 'b']),
      new Set(['b', 'mine']),
      new Set(['a', 'b', 'theirs']),
      new Set(['b', 'theirs', 'mine']),
    ],
    [
      'the same member of a Set',
      { s: new Set(['a']) },
      { s: new Set() },
      { s: new Set(), t: 1 },
      { s: new Set(), t: 1 },
    ],
  ];

  it.each(rows)('keeps both: %s', (_, base, mine, theirs, expected) => {
    for (const policy of ['rebase', 'server-wins', 'last-write-wins'] as const)
      expect(merge(base, mine, theirs, policy)).toEqual({ after: expected, conflicts: [] });
  });
});

describe('mergeDoc, of one field', () => {
  const base = { a: 1, same: 0 };
  const mine = { a: 2, same: 0, m: 1 };
  const theirs = { a: 3, same: 0, t: 1 };
  const both = { same: 0, m: 1, t: 1 };
  const rows: [string, ConflictPolicy, boolean, number, Conflict['kept'], Conflict['policy']][] = [
    ['rebase', 'rebase', false, 2, 'mine', 'rebase'],
    ['server-wins', 'server-wins', true, 3, 'theirs', 'server-wins'],
    ['last-write-wins, mine is later', 'last-write-wins', true, 2, 'mine', 'last-write-wins'],
    ['last-write-wins, theirs is later', 'last-write-wins', false, 3, 'theirs', 'last-write-wins'],
    [
      'a rule that makes a third value',
      (b, m, t) => (m as number) + (t as number) - (b as number),
      false,
      4,
      'other',
      'function',
    ],
    ['a rule that takes mine', (_, m) => m, false, 2, 'mine', 'function'],
    ['a rule that takes theirs', (_b, _m, t) => t, true, 3, 'theirs', 'function'],
  ];

  it.each(rows)('is settled by %s', (_, policy, mineIsLater, a, kept, name) => {
    expect(merge(base, mine, theirs, policy, mineIsLater)).toEqual({
      after: { ...both, a },
      conflicts: [{ key: 'k', path: field('a'), base: 1, mine: 2, theirs: 3, kept, policy: name }],
    });
  });

  it('tells a rule where it is', () => {
    const asked: unknown[] = [];
    const rule: ConflictPolicy = (...all) => asked.push(all);
    merge({ p: { x: 1 } }, { p: { x: 2 } }, { p: { x: 3 } }, rule);
    expect(asked).toEqual([[1, 2, 3, { key: 'k', path: field('p', 'x') }]]);
  });

  it('takes undefined from a rule for an absent field', () => {
    expect(merge({ a: 1 }, { a: 2 }, { a: 3, t: 1 }, () => undefined).after).toEqual({ t: 1 });
    expect(merge({ a: 1 }, { a: 2 }, { a: 3, t: 1 }, () => undefined).after).not.toHaveProperty('a');
  });

  const fields: [string, Shape, Shape, Shape, readonly PathStep[], [Shape, Shape, Shape], Shape, Shape][] = [
    [
      'a deleted field and a changed one',
      { a: 1, b: 1 },
      { b: 1 },
      { a: 2, b: 1 },
      field('a'),
      [1, undefined, 2],
      { b: 1 },
      { a: 2, b: 1 },
    ],
    [
      'a changed field and a deleted one',
      { a: 1, b: 1 },
      { a: 2, b: 1 },
      { b: 1 },
      field('a'),
      [1, 2, undefined],
      { a: 2, b: 1 },
      { b: 1 },
    ],
    ['a field that both made', {}, { a: 1 }, { a: 2 }, field('a'), [undefined, 1, 2], { a: 1 }, { a: 2 }],
    [
      'an array, which is one field',
      { l: [1] },
      { l: [1, 2] },
      { l: [0, 1] },
      field('l'),
      [[1], [1, 2], [0, 1]],
      { l: [1, 2] },
      { l: [0, 1] },
    ],
    [
      'an entry of a Map',
      new Map([[1n, 'b']]),
      new Map([[1n, 'm']]),
      new Map([[1n, 't']]),
      [entry(1n)],
      ['b', 'm', 't'],
      new Map([[1n, 'm']]),
      new Map([[1n, 't']]),
    ],
    ['a scalar doc', 1, 2, 3, [], [1, 2, 3], 2, 3],
    ['an array doc', [1], [2], [3], [], [[1], [2], [3]], [2], [3]],
    [
      'a field within one that others replaced',
      { a: { x: 1, y: 1 }, b: 1 },
      { a: { x: 2, y: 2 }, b: 2 },
      { a: 5, b: 1 },
      field('a'),
      [{ x: 1, y: 1 }, { x: 2, y: 2 }, 5],
      { a: { x: 2, y: 2 }, b: 2 },
      { a: 5, b: 2 },
    ],
    [
      'a field within one that others deleted',
      { a: { x: 1, y: 1 } },
      { a: { x: 2, y: 1 } },
      {},
      field('a'),
      [{ x: 1, y: 1 }, { x: 2, y: 1 }, undefined],
      { a: { x: 2, y: 1 } },
      {},
    ],
    [
      'a replaced field within which others wrote',
      { a: { x: 1, y: 1 } },
      { a: [9] },
      { a: { x: 2, y: 3 } },
      field('a'),
      [{ x: 1, y: 1 }, [9], { x: 2, y: 3 }],
      { a: [9] },
      { a: { x: 2, y: 3 } },
    ],
    [
      'a deleted field within which others wrote',
      { a: { x: 1 } },
      {},
      { a: { x: 2 } },
      field('a'),
      [{ x: 1 }, undefined, { x: 2 }],
      {},
      { a: { x: 2 } },
    ],
    [
      'a Set that others replaced',
      { s: new Set([1]) },
      { s: new Set([1, 2]) },
      { s: 'none' },
      field('s'),
      [new Set([1]), new Set([1, 2]), 'none'],
      { s: new Set([1, 2]) },
      { s: 'none' },
    ],
    [
      'a replaced Set to which others added',
      { s: new Set([1]) },
      { s: 'none' },
      { s: new Set([1, 3]) },
      field('s'),
      [new Set([1]), 'none', new Set([1, 3])],
      { s: 'none' },
      { s: new Set([1, 3]) },
    ],
  ];

  it.each(fields)('meets in %s', (_, base, mine, theirs, path, [before, own, other], ours, servers) => {
    const conflict = { key: 'k', path, base: before, mine: own, theirs: other };
    expect(merge(base, mine, theirs, 'rebase')).toEqual({
      after: ours,
      conflicts: [{ ...conflict, kept: 'mine', policy: 'rebase' }],
    });
    expect(merge(base, mine, theirs, 'server-wins')).toEqual({
      after: servers,
      conflicts: [{ ...conflict, kept: 'theirs', policy: 'server-wins' }],
    });
  });
});

describe('mergeDoc, where a doc comes or goes', () => {
  const old = { a: 1 };
  const mine = { a: 2 };
  const theirs = { a: 3 };
  const rows: [string, Shape, Shape, Shape, ConflictPolicy, boolean, Shape, Conflict['kept']][] = [
    ['an edit of a deleted doc', old, mine, undefined, 'rebase', true, undefined, 'theirs'],
    ['an edit of a deleted doc', old, mine, undefined, 'server-wins', true, undefined, 'theirs'],
    ['a later edit of a deleted doc', old, mine, undefined, 'last-write-wins', true, undefined, 'theirs'],
    ['an earlier edit of a deleted doc', old, mine, undefined, 'last-write-wins', false, undefined, 'theirs'],
    [
      'an edit of a deleted doc, and a rule that leaves it deleted',
      old,
      mine,
      undefined,
      () => undefined,
      true,
      undefined,
      'theirs',
    ],
    ['a deletion of an edited doc', old, undefined, theirs, 'rebase', false, undefined, 'mine'],
    ['a deletion of an edited doc', old, undefined, theirs, 'server-wins', true, theirs, 'theirs'],
    ['a later deletion of an edited doc', old, undefined, theirs, 'last-write-wins', true, undefined, 'mine'],
    [
      'an earlier deletion of an edited doc',
      old,
      undefined,
      theirs,
      'last-write-wins',
      false,
      theirs,
      'theirs',
    ],
    [
      'a deletion of an edited doc, and a rule that keeps it',
      old,
      undefined,
      theirs,
      (_b, _m, t) => t,
      true,
      theirs,
      'theirs',
    ],
    ['a new doc where others made one', undefined, mine, theirs, 'rebase', false, mine, 'mine'],
    ['a new doc where others made one', undefined, mine, theirs, 'server-wins', true, theirs, 'theirs'],
    ['a later new doc where others made one', undefined, mine, theirs, 'last-write-wins', true, mine, 'mine'],
    [
      'an earlier new doc where others made one',
      undefined,
      mine,
      theirs,
      'last-write-wins',
      false,
      theirs,
      'theirs',
    ],
    [
      'a new doc where others made one, and a rule',
      undefined,
      mine,
      theirs,
      () => ({ a: 9 }),
      true,
      { a: 9 },
      'other',
    ],
  ];

  const titled = rows.map(
    ([title, ...row]) => [`${title}, by ${typeof row[3] === 'function' ? 'it' : row[3]}`, ...row] as const,
  );

  it.each(titled)('%s', (_, base, own, other, policy, mineIsLater, after, kept) => {
    expect(merge(base, own, other, policy, mineIsLater)).toEqual({
      after,
      conflicts: [
        {
          key: 'k',
          path: [],
          base,
          mine: own,
          theirs: other,
          kept,
          policy: typeof policy === 'function' ? 'function' : policy,
        },
      ],
    });
  });
});

describe('mergeDoc, of any docs', () => {
  const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', true, null, undefined));
  const key = fc.constantFrom('a', 'b', 'c');
  const { doc } = fc.letrec((tie) => ({
    part: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.array(leaf, { maxLength: 2 }),
      fc.uniqueArray(leaf, { maxLength: 3 }).map((members) => new Set(members)),
      fc
        .uniqueArray(fc.tuple(key, tie('part')), { maxLength: 3, selector: ([k]) => k })
        .map((entries) => new Map(entries)),
      tie('doc'),
    ),
    doc: fc.dictionary(key, tie('part'), { maxKeys: 3, noNullPrototype: true }),
  }));

  it('never fails, and does for each conflict what it says', () => {
    fc.assert(
      fc.property(doc, doc, doc, (base, mine, theirs) => {
        expect(merge(base, mine, theirs, 'rebase').conflicts.map(({ kept }) => kept)).not.toContain('theirs');
        const server = merge(base, mine, theirs, 'server-wins');
        for (const { path } of server.conflicts) {
          expect(fieldEdits(theirs, server.after).some((edit) => startsWith(edit.path, path))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('loses nothing: what is not in conflict is there, and merging the other way round comes to the same', () => {
    fc.assert(
      fc.property(doc, doc, doc, (base, mine, theirs) => {
        const ours = merge(base, mine, theirs, 'rebase');
        const others = merge(base, theirs, mine, 'server-wins');
        expect(valuesEqual(ours.after, others.after)).toBe(true);
        expect(ours.conflicts.map(({ path }) => path)).toEqual(
          expect.arrayContaining(others.conflicts.map(({ path }) => path)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

const startsWith = (path: readonly PathStep[], start: readonly PathStep[]): boolean =>
  start.length <= path.length && start.every((step, i) => valuesEqual(step, path[i]));
