import { decodeBody, encodeBody, type Change } from '@atomsync/protocol';
import fc from 'fast-check';
import {
  decodePending,
  decodeRejected,
  encodePending,
  encodeRejected,
  acceptedId,
  encodeAccepted,
  pendingId,
  readMutations,
  recordKind,
  rejectedId,
  type PendingRecord,
  type RejectedRecord,
} from '../src/records';

const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => new Uint8Array(array));
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, schemaVersion: fc.nat(), body: bytes }),
  fc.record({ kind: fc.constant('patch' as const), key, schemaVersion: fc.nat(), patch: bytes }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);
const call = fc.option(fc.record({ name: key, input: bytes }), { nil: undefined });
const terms = fc.record(
  {
    ifStale: fc.constantFrom('rebase' as const, 'reject' as const),
    expiresAt: fc.maxSafeNat(),
    onConflict: fc.constantFrom('rebase' as const, 'server-wins' as const, 'last-write-wins' as const),
  },
  { requiredKeys: [] },
);
const id = fc.record({ clientId: fc.uuid(), number: fc.nat() });
const pending: fc.Arbitrary<PendingRecord & { readonly undo: readonly Change[] }> = fc.record(
  {
    clientId: fc.uuid(),
    number: fc.nat(),
    order: fc.nat(),
    changes: fc.array(change, { maxLength: 4 }),
    reads: fc.uniqueArray(key, { maxLength: 4 }).map((keys) => new Set(keys)),
    readsGroup: fc.boolean(),
    call,
    scope: fc.option(fc.array(key, { maxLength: 3 }), { nil: undefined }),
    madeAt: fc.maxSafeNat(),
    rebased: fc.nat(),
    terms,
    madeOn: fc.maxSafeNat(),
    covers: fc.boolean(),
    undo: fc.array(change, { maxLength: 4 }),
    tied: fc.constant(true),
    author: id,
  },
  {
    requiredKeys: [
      'clientId',
      'number',
      'order',
      'changes',
      'reads',
      'readsGroup',
      'call',
      'scope',
      'madeAt',
      'rebased',
      'terms',
      'madeOn',
      'covers',
      'undo',
    ],
  },
);
const doc = fc.oneof(
  fc.constant(undefined),
  fc.integer(),
  fc.string({ unit: 'grapheme' }),
  fc.date({ noInvalidDate: true }),
  fc.constant(new Map([[new Set([1n]), -0]])),
  fc.dictionary(key, fc.array(fc.integer(), { maxLength: 3 }), { maxKeys: 3, noNullPrototype: true }),
);
const rejected: fc.Arbitrary<RejectedRecord> = fc.record({
  clientId: fc.uuid(),
  number: fc.nat(),
  code: fc.constantFrom('FORBIDDEN', 'INVALID'),
  message: fc.string({ unit: 'grapheme' }),
  madeAt: fc.maxSafeNat(),
  docs: fc.array(fc.tuple(key, doc), { maxLength: 3 }).map((entries) => new Map(entries)),
  call,
  schemaVersion: fc.nat(),
});

describe('a pending mutation in the local store', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(pending, (record) => {
        expect(decodePending(encodePending(record, record.undo))).toEqual(record);
      }),
    );
  });

  it('loses a conflict rule that is a function: it ends with the process', () => {
    fc.assert(
      fc.property(pending, (record) => {
        const { onConflict: _, ...kept } = record.terms;
        const ruled = { ...record, terms: { ...kept, onConflict: () => 1 } };
        expect(decodePending(encodePending(ruled, ruled.undo))).toEqual({ ...record, terms: kept });
      }),
    );
  });
});

it('a pending mutation stored without what it was made on covers nothing, and cannot be undone', () => {
  fc.assert(
    fc.property(pending, (record) => {
      const short = encodeBody((decodeBody(encodePending(record)) as unknown[]).slice(0, 11));
      const { tied: _, author: __, ...rest } = record;
      expect(decodePending(short)).toEqual({ ...rest, madeOn: 0, covers: false, undo: [] });
    }),
  );
});

describe('a rejected mutation in the local store', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(rejected, (record) => {
        expect(decodeRejected(encodeRejected(record))).toEqual(record);
      }),
    );
  });
});

describe('the ids of records', () => {
  const one = { clientId: 'line', number: 1 };

  it('tell what a record is', () => {
    expect(recordKind(pendingId(one))).toBe('pending');
    expect(recordKind(acceptedId('line'))).toBe('accepted');
    expect(recordKind(rejectedId(one))).toBe('rejected');
  });

  it('part what is pending from what has been accepted, line by line, in their order', () => {
    const record = (clientId: string, number: number, order: number): [string, Uint8Array] => {
      const { value } = fc.sample(
        pending.map((value) => ({ value })),
        1,
      )[0]!;
      const named = { ...value, clientId, number, order };
      return [pendingId(named), encodePending(named)];
    };
    const { pending: left, accepted } = readMutations(
      new Map([
        record('b', 1, 4),
        record('a', 3, 3),
        record('a', 2, 2),
        record('a', 1, 1),
        [acceptedId('a'), encodeAccepted(2, [])],
        [rejectedId(one), encodeAccepted(0, [])],
      ]),
    );
    expect(accepted.map(({ clientId, number }) => `${clientId}${number}`)).toEqual(['a1', 'a2']);
    expect(left.map(({ clientId, number }) => `${clientId}${number}`)).toEqual(['a3', 'b1']);
  });

  it('say as which version a mutation was accepted, as far as it is known', () => {
    const record = fc.sample(pending, 1)[0]!;
    const numbers = [2, 3, 5, 9, 10];
    const versions = new Map([
      [3, 7],
      [5, 9],
      [9, 20],
      [10, 21],
    ]);
    const { accepted } = readMutations(
      new Map([
        ...numbers.map((number): [string, Uint8Array] => {
          const named = { ...record, clientId: 'a', number, order: number };
          return [pendingId(named), encodePending(named)];
        }),
        [acceptedId('a'), encodeAccepted(10, versions)],
      ]),
    );
    expect(accepted.map(({ number, version }) => [number, version])).toEqual([[2, 0], ...versions]);
  });

  it('are different for every number of every line', () => {
    const named = fc.record({ clientId: fc.uuid(), number: fc.nat() });
    fc.assert(
      fc.property(named, named, (a, b) => {
        const same = a.clientId === b.clientId && a.number === b.number;
        expect(pendingId(a) === pendingId(b)).toBe(same);
      }),
    );
  });
});
