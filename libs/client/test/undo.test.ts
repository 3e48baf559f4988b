import { encodeBody, type Change } from '@atomsync/protocol';
import fc from 'fast-check';
import type { Edit } from '../src/pending';
import { editsBetween, undoOf } from '../src/undo';

const value = fc.oneof(
  fc.constant(undefined),
  fc.integer(),
  fc.dictionary(fc.string({ maxLength: 2 }), fc.array(fc.integer(), { maxLength: 4 }), {
    noNullPrototype: true,
  }),
  fc.uniqueArray(fc.integer({ max: 9, min: 0 })).map((members) => new Set(members)),
);
const edits: fc.Arbitrary<Map<string, Edit<unknown>>> = fc
  .array(fc.tuple(fc.string({ minLength: 1, maxLength: 2 }), fc.record({ before: value, after: value })))
  .map((entries) => new Map(entries));

const whole = (key: string, after: unknown): Change =>
  after === undefined
    ? { kind: 'delete', key }
    : { kind: 'put', key, schemaVersion: 1, body: encodeBody(after) };

it('a write set comes back from its whole docs and what takes it back', () => {
  fc.assert(
    fc.property(edits, (made) => {
      const changes = Array.from(made, ([key, { after }]) => whole(key, after));
      expect(editsBetween(changes, undoOf(made))).toEqual(made);
    }),
  );
});

it('what takes back a small edit of a large doc is small', () => {
  const before = { text: 'x'.repeat(5000), n: 1 };
  const [undo] = undoOf(new Map([['k', { before, after: { ...before, n: 2 } }]]));
  expect(undo?.kind === 'patch' && undo.patch.length).toBeLessThan(20);
});
