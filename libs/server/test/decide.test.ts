import {
  DEFAULT_LIMITS,
  decodeBody,
  diff,
  encodeBody,
  encodePatch,
  type Change,
  type DocState,
  type FinalResult,
  type Mutation,
} from '@atomsync/protocol';
import { decide, type DecideOptions, type Decision, type Standing } from '../src/decide';
import { mutation, put } from './support/world';

const options: DecideOptions = { limits: DEFAULT_LIMITS, now: 1000 };
const del = (key: string): Change => ({ kind: 'delete', key });
const patch = (key: string, before: unknown, after: unknown): Change => ({
  kind: 'patch',
  key,
  schemaVersion: 1,
  patch: encodePatch(diff(before, after)!),
});
const doc = (key: string, version: number, value?: unknown): DocState => ({
  key,
  version,
  at: 0,
  schemaVersion: 1,
  ...(value !== undefined && { body: encodeBody(value) }),
});

function standing(docs: readonly DocState[], rest: Partial<Standing> = {}): Standing {
  const byKey = new Map(docs.map((state) => [state.key, state]));
  const head = Math.max(0, ...docs.map(({ version }) => version));
  return { head, last: 0, results: [], doc: (key) => byKey.get(key), ...rest };
}

const one = (changes: readonly Change[], rest: Partial<Mutation> = {}) =>
  mutation(1, changes, { madeAt: 500, ...rest });

interface Terms {
  readonly base?: number;
  readonly exact?: readonly number[];
  readonly undone?: readonly string[];
}

function onDocs(
  docs: readonly DocState[],
  made: Mutation,
  { base = 10, exact = [], undone = [], ...rest }: Terms & Partial<Standing> = {},
): Decision {
  return decide(
    standing(docs, rest),
    { base, exact: new Set(exact), undone: new Set(undone) },
    made,
    options,
  );
}

describe('a mutation is', () => {
  const accepted: [string, DocState[], Mutation, Terms][] = [
    ['made on an empty group', [], one([put('k', 1)]), { base: 0 }],
    ['of a doc as old as base', [doc('k', 10, 1)], one([put('k', 2)]), {}],
    ['of a doc that its own push has just written', [doc('k', 12, 1)], one([put('k', 2)]), { exact: [12] }],
    ['beside newer docs', [doc('k', 3, 1), doc('other', 50, 1)], one([put('k', 2)]), {}],
    ['reading a doc as old as base', [doc('r', 10, 1)], one([put('k', 2)], { reads: ['r'] }), {}],
    [
      'reading a doc that its own push has just written',
      [doc('r', 11, 1)],
      one([put('k', 2)], { reads: ['r'] }),
      { exact: [11] },
    ],
    ['reading a group that nobody has moved', [doc('r', 10, 1)], one([put('k', 2)], { reads: 'group' }), {}],
    [
      'reading a group that its own push alone has moved',
      [doc('r', 12, 1)],
      one([put('k', 2)], { reads: 'group' }),
      { exact: [11, 12] },
    ],
    ['a delete of an absent doc', [], one([del('k')]), { base: 0 }],
    ['a put of an equal doc', [doc('k', 10, 1)], one([put('k', 1)]), {}],
    ['without any changes', [], one([]), { base: 0 }],
  ];
  it.each(accepted)('accepted when it is %s', (_, docs, made, terms) => {
    expect(onDocs(docs, made, terms)).toMatchObject({ kind: 'accepted', exact: true });
  });

  const stale: [string, DocState[], Mutation, Terms, string[]][] = [
    ['a doc it writes', [doc('k', 11, 1)], one([put('k', 2)]), {}, ['k']],
    [
      'one of the docs it writes',
      [doc('k', 11, 1), doc('l', 10, 1)],
      one([put('l', 2), put('k', 2)]),
      {},
      ['k'],
    ],
    ['a doc it deletes', [doc('k', 11, 1)], one([del('k')]), {}, ['k']],
    ['a doc it patches', [doc('k', 11, { a: 1 })], one([patch('k', { a: 0 }, { a: 2 })]), {}, ['k']],
    ['a doc it reads', [doc('r', 11, 1)], one([put('k', 2)], { reads: ['r'] }), {}, ['r']],
    ['a doc it writes, by deletion', [doc('k', 11)], one([put('k', 2)]), {}, ['k']],
    [
      'a doc it writes, after its own push',
      [doc('k', 13, 1)],
      one([put('k', 2)]),
      { exact: [11, 12] },
      ['k'],
    ],
    ['a group it reads', [doc('r', 11, 1)], one([put('k', 2)], { reads: 'group' }), {}, []],
    [
      'a group it reads, besides its own push',
      [doc('r', 13, 1)],
      one([put('k', 2)], { reads: 'group' }),
      { exact: [11, 12] },
      [],
    ],
  ];
  stale.push(
    [
      'nothing, but a refused one of its push wrote a doc it writes',
      [],
      one([put('k', 2)]),
      { undone: ['k'] },
      [],
    ],
    [
      'nothing, but a refused one of its push wrote a doc it reads',
      [],
      one([], { reads: ['k'] }),
      { undone: ['k'] },
      [],
    ],
    [
      'nothing, but a refused one of its push wrote in a group it reads',
      [],
      one([], { reads: 'group' }),
      { undone: ['k'], base: 0 },
      [],
    ],
  );
  it.each(stale)('stale when another has changed %s', (_, docs, made, terms, shown) => {
    const decision = onDocs(docs, made, terms);
    expect(decision).toMatchObject({ kind: 'stale', version: standing(docs).head });
    expect(decision.kind === 'stale' && decision.docs.map(({ key }) => key)).toEqual(shown);
  });

  const call = { name: 'inc', args: encodeBody([]), keys: [] };
  const refused: [string, string, DocState[], Mutation][] = [
    ['EXPIRED', 'its time has passed', [], one([put('k', 1)], { expiresAt: 999 })],
    [
      'DOC_TOO_LARGE',
      'the decoder found a fault',
      [],
      one([], { fault: { code: 'DOC_TOO_LARGE', message: '' } }),
    ],
    ['PATCH_MISMATCH', 'its patch has no doc', [], one([patch('k', { a: 1 }, { a: 2 })])],
    ['PATCH_MISMATCH', 'its patch is of a deleted doc', [doc('k', 9)], one([patch('k', { a: 1 }, { a: 2 })])],
    [
      'PATCH_MISMATCH',
      'its patch is of another kind of value',
      [doc('k', 9, 7)],
      one([patch('k', { a: 1 }, { a: 2 })]),
    ],
  ];
  it.each(refused)('refused as %s when %s', (code, _, docs, made) => {
    expect(onDocs(docs, made)).toMatchObject({ kind: 'refused', code });
  });

  it('refused when the doc is too large once patched', () => {
    const before = { a: 'x'.repeat(60) };
    const limits = { ...DEFAULT_LIMITS, maxDoc: 100 };
    const made = one([patch('k', before, { ...before, b: 'y'.repeat(60) })]);
    const decision = decide(
      standing([doc('k', 1, before)]),
      { base: 1, exact: new Set(), undone: new Set() },
      made,
      {
        ...options,
        limits,
      },
    );
    expect(decision).toMatchObject({ kind: 'refused', code: 'DOC_TOO_LARGE' });
  });

  it('answered as before when its number is used up, whatever it says now', () => {
    const first: FinalResult = { number: 1, kind: 'accepted', version: 4 };
    const decision = onDocs([doc('k', 99, 1)], one([put('k', 2)]), { last: 1, results: [first] });
    expect(decision).toEqual({ kind: 'repeated', result: first });
  });

  it('refused again when its number is used up and the answer was seen', () => {
    const decision = onDocs([], one([put('k', 2)]), { last: 3 });
    expect(decision).toMatchObject({
      kind: 'repeated',
      result: { number: 1, kind: 'refused', code: 'NUMBER_USED' },
    });
  });

  it('run by the server on its own value where it is stale and the server knows the swap', () => {
    const run = (_: unknown, at: (key: string) => DocState | undefined) => [
      put('k', (decodeBody(at('k')!.body!) as number) + 1),
    ];
    const made = one([put('k', 1)], { call });
    const decision = decide(
      standing([doc('k', 50, 41)]),
      { base: 1, exact: new Set(), undone: new Set() },
      made,
      {
        ...options,
        run,
      },
    );
    expect(decision).toMatchObject({ kind: 'accepted', exact: false, version: 51 });
    expect(decision.kind === 'accepted' && decodeBody(decision.writes[0]!.after.body!)).toBe(42);
  });

  it('refused when the swap throws on the value of the server', () => {
    const run = () => {
      throw new Error('not that way');
    };
    const decision = decide(
      standing([doc('k', 5, 41)]),
      { base: 0, exact: new Set(), undone: new Set() },
      one([put('k', 1)], { call }),
      {
        ...options,
        run,
      },
    );
    expect(decision).toMatchObject({
      kind: 'refused',
      code: 'SWAP_FAILED',
      message: expect.stringContaining('not that way'),
    });
  });

  it('judged by its own changes where the server does not know the swap', () => {
    const decide1 = (at: number) =>
      decide(
        standing([doc('k', at, 1)]),
        { base: 10, exact: new Set(), undone: new Set() },
        one([put('k', 2)], { call }),
        {
          ...options,
          run: () => undefined,
        },
      );
    expect([decide1(10).kind, decide1(11).kind]).toEqual(['accepted', 'stale']);
  });
});

describe('an accepted mutation', () => {
  const write = (docs: readonly DocState[], made: Mutation) => {
    const decision = onDocs(docs, made, { base: 10 });
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    return decision;
  };

  it('gets the next version, for all its docs', () => {
    const { version, writes } = write([doc('x', 7, 1)], one([put('a', 1), del('b'), put('c', 2)]));
    expect([version, ...writes.map(({ after }) => after.version)]).toEqual([8, 8, 8, 8]);
  });

  it('leaves a tombstone where it deletes', () => {
    expect(write([doc('k', 7, 1)], one([del('k')])).writes[0]!.after).toEqual({
      ...{ key: 'k', version: 8, at: 500, schemaVersion: 1 },
    });
  });

  it('stores the patched doc whole', () => {
    const { writes } = write(
      [doc('k', 7, { a: 1, b: 2 })],
      one([patch('k', { a: 1, b: 2 }, { a: 1, b: 3 })]),
    );
    expect(decodeBody(writes[0]!.after.body!)).toEqual({ a: 1, b: 3 });
  });

  it.each([
    ['is taken at its word about when it was made', 500, 500],
    ['was not made after now', 5000, 1000],
    ['was not made before 1970', -1, 0],
  ])('%s', (_, madeAt, at) => {
    expect(write([], one([put('k', 1)], { madeAt })).at).toBe(at);
  });

  describe('that covers what others wrote', () => {
    const covered = (covers: DocState['covers'], at = 8) => ({
      ...doc('k', at, 1),
      ...(covers && { covers }),
    });
    const after = (before: DocState['covers'], made: Partial<Mutation>, at = 8) =>
      write([covered(before, at)], one([put('k', 2)], made)).writes[0]!.after.covers;

    it('says so of its commit and of its docs', () => {
      const decision = write([doc('k', 8, 1)], one([put('k', 2), del('gone')], { madeOn: 3 }));
      expect(decision.madeOn).toBe(3);
      expect(decision.writes.map((each) => each.after.covers)).toEqual([
        [{ since: 3, by: 9 }],
        [{ since: 3, by: 9 }],
      ]);
    });

    it('leaves what was covered before in place, as a plain write does', () => {
      expect(after([{ since: 2, by: 4 }], {})).toEqual([{ since: 2, by: 4 }]);
      expect(after([{ since: 2, by: 4 }], { madeOn: 4 })).toEqual([
        { since: 2, by: 4 },
        { since: 4, by: 9 },
      ]);
    });

    it('becomes one with those it overlaps', () => {
      const before = [
        { since: 1, by: 3 },
        { since: 4, by: 6 },
        { since: 6, by: 8 },
      ];
      expect(after(before, { madeOn: 5 })).toEqual([
        { since: 1, by: 3 },
        { since: 4, by: 9 },
      ]);
      expect(after(before, { madeOn: 0 })).toEqual([{ since: 0, by: 9 }]);
    });

    it('is one of four at most: the two oldest become one', () => {
      const before = [1, 3, 5, 7].map((since) => ({ since, by: since + 1 }));
      expect(after(before, { madeOn: 8 })).toEqual([
        { since: 1, by: 4 },
        { since: 5, by: 6 },
        { since: 7, by: 8 },
        { since: 8, by: 9 },
      ]);
    });

    it('covers nothing where the server ran its swap', () => {
      const call = { name: 'inc', args: encodeBody([]), keys: ['k'] };
      const decision = decide(
        standing([doc('k', 8, 1)]),
        { base: 7, exact: new Set(), undone: new Set() },
        one([put('k', 2)], { call, madeOn: 3 }),
        { ...options, run: () => [put('k', 9)] },
      );
      expect(decision).toMatchObject({ kind: 'accepted', exact: false, madeOn: undefined });
      expect(decision.kind === 'accepted' && decision.writes[0]!.after.covers).toBeUndefined();
    });
  });
});

describe('the schema version of a doc', () => {
  const large = { text: 'a', notes: 'x'.repeat(100) };
  const of = (state: DocState, schemaVersion: number): DocState => ({ ...state, schemaVersion });
  const writing = (change: Change, schemaVersion: number): Change =>
    change.kind === 'delete' ? change : { ...change, schemaVersion };
  const versions = (decision: Decision) =>
    decision.kind === 'accepted' && [
      decision.changes.map((change) => change.kind !== 'delete' && change.schemaVersion),
      decision.writes.map(({ after }) => after.schemaVersion),
    ];

  test.each([
    ['goes up with a put', put('k', 2), 2, [[2], [2]]],
    ['does not go back with a put', put('k', 2), 0, [[1], [1]]],
    ['does not go back with a patch', patch('k', large, { ...large, text: 'b' }), 0, [[1], [1]]],
  ])('%s', (_, change, schemaVersion, expected) => {
    expect(versions(onDocs([doc('k', 1, large)], one([writing(change, schemaVersion)])))).toEqual(expected);
  });

  test('begins anew where the doc was deleted', () => {
    expect(versions(onDocs([of(doc('k', 1), 5)], one([put('k', 1)])))).toEqual([[1], [1]]);
  });

  test('never goes up with a patch, which was made on other bytes', () => {
    const change = writing(patch('k', large, { ...large, text: 'b' }), 2);
    expect(onDocs([doc('k', 1, large)], one([change]))).toMatchObject({
      kind: 'refused',
      code: 'PATCH_MISMATCH',
      message: expect.stringMatching(/version 2 .*"k" in version 1; put/),
    });
  });
});
