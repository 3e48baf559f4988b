import * as fc from 'fast-check';
import type {
  Change,
  Commit,
  DocState,
  DownMessage,
  FinalResult,
  Mutation,
  Result,
  UpMessage,
} from '../src/index';
import { DEFAULT_LIMITS, encodeBody, isReservedName } from '../src/index';
import { carryable } from './arbitrary';

const time = fc.integer({ min: 0, max: 8.64e15 });
const version = fc.oneof(fc.nat(300), fc.maxSafeNat());
const schemaVersion = fc.oneof(fc.constant(1), fc.nat(1000));
const key = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .filter((text) => !text.includes('\0') && !isReservedName(text))
  .filter((text) => new TextEncoder().encode(text).length <= 255);
const body = carryable({ depth: 1 }).map((value) => encodeBody(value).slice());
const args = fc.array(carryable({ depth: 1 }), { maxLength: 3 }).map((value) => encodeBody(value).slice());
const cursor = fc.record({ token: fc.string({ unit: 'binary' }), version });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, schemaVersion, body }),
  fc.record({ kind: fc.constant('patch' as const), key, schemaVersion, patch: body }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);
const changes = fc.uniqueArray(change, { maxLength: 4, selector: ({ key: name }) => name });
const keys = fc.array(key, { maxLength: 3 });

const mutation: fc.Arbitrary<Omit<Mutation, 'number'>> = fc.record(
  {
    changes,
    reads: fc.oneof(keys, fc.constant('group' as const)),
    madeAt: time,
    call: fc.record({ name: key, args, keys }),
    expiresAt: time,
    madeOn: version,
  },
  { requiredKeys: ['changes', 'reads', 'madeAt'] },
);

/** Any message of a client's. */
export const upMessage = (): fc.Arbitrary<UpMessage> =>
  fc.oneof(
    fc.record(
      { type: fc.constant('hello' as const), clientId: key, user: key, token: key },
      { requiredKeys: ['type', 'clientId'] },
    ),
    fc.record(
      {
        type: fc.constant('subscribe' as const),
        group: key,
        prefix: key,
        cursor,
        lines: keys,
        schemaVersion,
      },
      { requiredKeys: ['type', 'group', 'lines'] },
    ),
    fc.record({ type: fc.constant('unsubscribe' as const), group: key }),
    fc
      .tuple(
        key,
        key,
        version,
        version,
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.array(mutation, { maxLength: 5 }),
      )
      .map(([group, clientId, base, seen, first, list]) => ({
        type: 'push' as const,
        group,
        clientId,
        base,
        seen,
        mutations: list.map(({ madeOn, ...one }, i) => ({
          ...one,
          number: first + i,
          ...(madeOn !== undefined && { madeOn: Math.min(madeOn, base) }),
        })),
      })),
    fc.record({
      type: fc.constant('seen' as const),
      group: key,
      clientId: key,
      number: version,
      closed: fc.boolean(),
    }),
    fc.record({ type: fc.constant('token' as const), token: key }),
    fc.constant({ type: 'ping' as const }),
  );

const doc: fc.Arbitrary<DocState> = fc
  .record(
    { key, version, at: time, schemaVersion, body, covers: fc.uniqueArray(version, { maxLength: 5 }) },
    { requiredKeys: ['key', 'version', 'at', 'schemaVersion'] },
  )
  .map(({ covers, ...state }) => {
    const [first, ...rest] = (covers ?? []).filter((one) => one <= state.version).sort((a, b) => a - b);
    if (first === undefined) return state;
    return { ...state, covers: rest.map((by, i) => ({ since: rest[i - 1] ?? first, by })) };
  });
const docs = fc.array(doc, { maxLength: 5 });
const final: fc.Arbitrary<FinalResult> = fc.oneof(
  fc.record({ number: version, kind: fc.constant('accepted' as const), version }),
  fc.record({
    number: version,
    kind: fc.constant('refused' as const),
    code: fc.string(),
    message: fc.string(),
  }),
);
const result: fc.Arbitrary<Result> = fc.oneof(
  final,
  fc.record({ number: version, kind: fc.constant('stale' as const), version, docs }),
);
const line = fc.record({ clientId: key, last: version, results: fc.array(final, { maxLength: 3 }) });
const commit: fc.Arbitrary<Commit> = fc
  .record(
    {
      version,
      clientId: fc.oneof(fc.constantFrom('a', 'b'), key),
      number: version,
      at: time,
      changes,
      madeOn: version,
    },
    { requiredKeys: ['version', 'clientId', 'number', 'at', 'changes'] },
  )
  .map(({ madeOn, ...one }) => ({
    ...one,
    ...(madeOn !== undefined && { madeOn: Math.min(madeOn, one.version) }),
  }));

/** Any message of a server's. */
export const downMessage = (): fc.Arbitrary<DownMessage> =>
  fc.oneof(
    fc.record({
      type: fc.constant('welcome' as const),
      epoch: key,
      time,
      limits: fc.constant(DEFAULT_LIMITS),
    }),
    fc.record(
      {
        type: fc.constant('changes' as const),
        group: key,
        from: version,
        docs,
        cursor,
        lines: fc.array(line, { maxLength: 3 }),
        compatibleWith: schemaVersion,
      },
      { requiredKeys: ['type', 'group', 'from', 'docs', 'lines'] },
    ),
    fc.record({
      type: fc.constant('commits' as const),
      group: key,
      from: version,
      to: version,
      commits: fc.array(commit, { maxLength: 5 }),
    }),
    fc.record({
      type: fc.constant('pushed' as const),
      group: key,
      clientId: key,
      results: fc.array(result, { maxLength: 4 }),
    }),
    fc.record(
      { type: fc.constant('forget' as const), group: key, keys },
      { requiredKeys: ['type', 'group'] },
    ),
    fc.record({
      type: fc.constant('resync' as const),
      group: key,
      reason: fc.constantFrom('epoch' as const, 'feed' as const, 'purged' as const, 'cursor' as const),
    }),
    fc.record({
      type: fc.constant('pong' as const),
      heads: fc.array(fc.tuple(key, version), { maxLength: 4 }).map((entries) => new Map(entries)),
    }),
    fc.record(
      {
        type: fc.constant('error' as const),
        code: fc.string(),
        message: fc.string(),
        retryable: fc.boolean(),
        retryAfter: version,
        group: key,
      },
      { requiredKeys: ['type', 'code', 'message', 'retryable'] },
    ),
  );
