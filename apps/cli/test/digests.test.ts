import { keyword } from '@atomsync/protocol';
import fc from 'fast-check';
import { Digests, type ExchangedDoc } from '../src/exchange/digests';

const doc = (key: string, value: unknown, group = 'g', schemaVersion = 1): ExchangedDoc => ({
  ...{ group, key, schemaVersion, value },
});

const digestOf = (docs: readonly ExchangedDoc[]): string => {
  const digests = new Digests();
  for (const each of docs) digests.set(each);
  return digests.sum().digest;
};

it('is the same in whichever order docs come, and whatever was there before', () => {
  const docs = fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([key]) => key });
  fc.assert(
    fc.property(docs, fc.infiniteStream(fc.nat()), (entries, order) => {
      const all = entries.map(([key, value]) => doc(key, value));
      const shuffled = all.map((each) => [order.next().value, each] as const).sort(([a], [b]) => a - b);
      const digests = new Digests();
      digests.set(doc('gone', 1));
      for (const [, each] of shuffled) {
        digests.set({ ...each, value: 'before' });
        digests.set(each);
      }
      if (all.every(({ key }) => key !== 'gone')) digests.delete('g', 'gone');
      expect(digests.sum()).toEqual({ docs: all.length, digest: digestOf(all) });
    }),
  );
});

it.each<[string, ExchangedDoc]>([
  ['value', doc('a', 2)],
  ['kind of value', doc('a', 1n)],
  ['key', doc('b', 1)],
  ['group', doc('a', 1, 'h')],
  ['schema version', doc('a', 1, 'g', 2)],
])('differs with the %s', (_what, other) => {
  expect(digestOf([doc('a', 1)])).not.toBe(digestOf([other]));
});

it('takes equal values for equal, whatever their order', () => {
  const [one, two] = [
    { a: 1, b: new Set([1, keyword('k')]) },
    { b: new Set([keyword('k'), 1]), a: 1 },
  ];
  expect(digestOf([doc('a', one)])).toBe(digestOf([doc('a', two)]));
});

it('says whether a doc is another one than before', () => {
  const digests = new Digests();
  expect([digests.set(doc('a', 1)), digests.set(doc('a', 1)), digests.set(doc('a', 2))]).toEqual([
    true,
    false,
    true,
  ]);
  expect([digests.delete('g', 'a'), digests.delete('g', 'a')]).toEqual([true, false]);
});

it('is that of no bytes where there are no docs', () => {
  expect(new Digests().sum()).toEqual({
    docs: 0,
    digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  });
});
