import { keyword, UUID } from '@atomsync/protocol';

/** A value of each kind that is carried, nested in each other. */
export const everyType = {
  text: 'Grüße, 世界 🎉',
  empty: '',
  numbers: [0, -0, 1.5, -7, Number.NaN, Infinity, -Infinity, 2 ** 53 - 1, 1e300, 2 ** 60],
  bigints: [0n, -5n, 12345678901234567890123n],
  truth: [true, false, null, undefined],
  date: new Date('2024-05-01T12:00:00.123Z'),
  never: new Date(Number.NaN),
  bytes: new Uint8Array([0, 1, 255]),
  uuid: new UUID('01890a5d-ac96-774b-bcce-b302099a8057'),
  keyword: keyword('shop/groceries'),
  set: new Set<unknown>([1, 'a', keyword('k'), new Set([1])]),
  map: new Map<unknown, unknown>([
    [1, 'one'],
    [new Date(5), new Map([['x', [new Set(['y'])]]])],
  ]),
  tagged: { $date: 'a key like a tag' },
  constructor: { nested: { deeper: [] } },
  '': 'an empty key',
};
