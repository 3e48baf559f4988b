import { isDeepStrictEqual } from 'node:util';
import * as vm from 'node:vm';
import * as fc from 'fast-check';
import { decodeBody, encodeBody, keyword, UUID, valuesEqual } from '../src/index';
import { carryable, HOSTILE_KEYS } from './arbitrary';
import { codeOf, hex, unhex } from './codes';

const again = (value: unknown): unknown => decodeBody(encodeBody(value));

describe('a body', () => {
  test('gives back every value of every kind', () => {
    fc.assert(
      fc.property(carryable(), (value) => {
        const copy = again(value);
        // Jest's own comparison takes a key named 'constructor' for the class.
        expect(isDeepStrictEqual(copy, value)).toBe(true);
        expect(valuesEqual(copy, value)).toBe(true);
        expect(hex(encodeBody(copy))).toBe(hex(encodeBody(value)));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps what other codecs lose', () => {
    expect(again(-0)).toBe(-0);
    expect(again(NaN)).toBe(NaN);
    expect(again([-Infinity, 2 ** 40, -(2 ** 53 - 1), 2 ** 53, 1e300])).toEqual([
      -Infinity,
      2 ** 40,
      -(2 ** 53 - 1),
      2 ** 53,
      1e300,
    ]);
    expect(again([0n, 1n, -1n, 255n, 256n, 2n ** 64n, -(2n ** 64n), 10n ** 50n])).toEqual([
      0n,
      1n,
      -1n,
      255n,
      256n,
      2n ** 64n,
      -(2n ** 64n),
      10n ** 50n,
    ]);
    expect(Object.hasOwn(again({ a: undefined }) as object, 'a')).toBe(true);
    expect((again(new Date(NaN)) as Date).getTime()).toBe(NaN);
    for (const ms of [0, -1, 1, 1.7e12 + 123, 8.64e15, -8.64e15, 8.64e15 - 1, -8.64e15 + 1]) {
      expect((again(new Date(ms)) as Date).getTime()).toBe(ms);
    }
  });

  test('keeps dates exact to the millisecond over the whole range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        expect((again(new Date(ms)) as Date).getTime()).toBe(new Date(ms).getTime());
      }),
      { numRuns: 2000 },
    );
  });

  test('tells an object from a Map, and keeps the kinds and order of Map keys', () => {
    const map = new Map<unknown, unknown>([
      ['1', 'text'],
      [1, 'number'],
      [1n, 'big'],
      [true, 'boolean'],
      [null, 'null'],
      [undefined, 'undefined'],
      [keyword('k'), 'keyword'],
      [{ a: 1 }, 'object'],
    ]);
    const copy = again(map) as Map<unknown, unknown>;
    expect([...copy]).toStrictEqual([...map]);
    expect(again({ a: 1 })).not.toBeInstanceOf(Map);
    expect(Object.keys(again({ b: 1, a: 2 }) as object)).toEqual(['b', 'a']);
  });

  test('interns keywords, and keeps UUIDs apart from their spelling', () => {
    expect(again(keyword('list/item'))).toBe(keyword('list/item'));
    const id = new UUID('01890C6E-7b1a-7c3e-9f4d-0123456789ab');
    expect(again(id)).toStrictEqual(id);
    expect(encodeBody(id)).toHaveLength(19);
    expect(valuesEqual(id, id.value)).toBe(false);
  });

  test('decodes bytes into memory of their own', () => {
    const frame = encodeBody(new Uint8Array([1, 2, 3]));
    const copy = decodeBody(frame) as Uint8Array;
    frame.fill(9);
    expect(copy).toEqual(new Uint8Array([1, 2, 3]));
    expect(copy.buffer.byteLength).toBe(3);
  });

  test('carries one object in two places as equal contents', () => {
    const shared = { x: 1 };
    expect(again([shared, shared])).toEqual([{ x: 1 }, { x: 1 }]);
    expect(hex(encodeBody([shared, shared]))).toBe(hex(encodeBody([{ x: 1 }, { x: 1 }])));
  });

  test.each(HOSTILE_KEYS.map((key) => [JSON.stringify(key).slice(0, 30), key]))(
    'carries %s as a key',
    (_, key) => {
      const record = Object.fromEntries([[key, { polluted: 1 }]]);
      const copy = again(record) as Record<string, unknown>;
      expect(Object.keys(copy)).toEqual([key]);
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(copy, key)?.value).toEqual({ polluted: 1 });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect([...(again(new Map([[key, 1]])) as Map<string, number>)]).toEqual([[key, 1]]);
    },
  );

  test('is standard CBOR that another implementation reads', async () => {
    const { Decoder } = await import('cbor-x');
    // Without `int64AsNumber`, which its types leave out, it takes integers from 2^32 up for bigints.
    const options = { mapsAsObjects: true, useRecords: false, int64AsNumber: true };
    const decoder = new Decoder(options);
    const value = {
      n: 1,
      f: 1.5,
      neg: -70000,
      t: 'zürich 💡',
      l: [null, true],
      m: new Map([[1, 'a']]),
      s: new Set([1]),
      d: new Date(1500),
      b: 2n ** 70n,
    };
    expect(decoder.decode(encodeBody(value))).toEqual(value);
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger()), (number) => {
        expect(Object.is(decoder.decode(encodeBody([number]))[0], number)).toBe(true);
      }),
      { examples: [[1155502622145764], [-1155502622145764]] },
    );
  });

  test('reads numbers and lengths that are longer than they need be', () => {
    expect(decodeBody(unhex('1b0000000000000001'))).toBe(1);
    expect(decodeBody(unhex('fb3ff0000000000000'))).toBe(1);
    expect(decodeBody(unhex('780161'))).toBe('a');
    expect(decodeBody(unhex('c1fb41954fc400000000'))).toEqual(new Date(89387264000));
  });

  test('takes plain values of another realm for what they are', () => {
    const value: unknown = vm.runInNewContext(
      '({ a: [1, new Map([[1, new Set([2])]]), new Date(5)], b: new Uint8Array([1]) })',
    );
    expect(again(value)).toEqual({
      a: [1, new Map([[1, new Set([2])]]), new Date(5)],
      b: new Uint8Array([1]),
    });
    expect(codeOf(() => encodeBody(vm.runInNewContext('new (class Map extends globalThis.Map {})()')))).toBe(
      'NOT_CARRYABLE',
    );
    expect(codeOf(() => encodeBody(vm.runInNewContext('new (class Object {})()')))).toBe('NOT_CARRYABLE');
  });

  test('small bodies stay what they are while others are encoded', () => {
    const values = Array.from({ length: 5_000 }, (_, i) => ({ i, text: 'x'.repeat(i % 300) }));
    const bodies = values.map((value) => encodeBody(value));
    expect(bodies.map((body) => decodeBody(body))).toEqual(values);
  });
});

describe('malformed bytes', () => {
  test.each([
    ['nothing', ''],
    ['an item cut short', '8201'],
    ['a text cut short', '6361'],
    ['a float cut short', 'fb3ff0'],
    ['bytes behind the item', '0101'],
    ['an array whose length lies', '9bffffffffffffffff'],
    ['an array of four billion', '9affffffff'],
    ['a text of four gigabytes', '7affffffff'],
    ['a map whose length lies', 'ba7fffffff'],
    ['an indefinite length', '9f01ff'],
    ['a reserved initial byte', '1c'],
    ['a lone break', 'ff'],
    ['an unknown simple value', 'f8ff'],
    ['an unknown tag', 'd9d9f701'],
    ['the tag of a shared reference', 'd81c81d81d00'],
    ['an integer beyond 2^53 - 1', '1b0020000000000000'],
    ['an integer below -(2^53 - 1)', '3b001fffffffffffff'],
    ['a text that is not UTF-8', '62c328'],
    ['a surrogate in UTF-8', '63eda080'],
    ['an overlong NUL in UTF-8', '62c080'],
    ['a key twice', 'a2616101616102'],
    ['a number as a key of an object', 'a10102'],
    ['a Set member twice', 'd90102820101'],
    ['an equal member twice', 'd90102828101811801'],
    ['a Map key twice', 'd90103a201020103'],
    ['a Set that is no array', 'd9010201'],
    ['a Map that is no map', 'd9010301'],
    ['a UUID of 15 bytes', 'd8254f' + '00'.repeat(15)],
    ['a keyword without a name', 'd82760'],
    ['a keyword that is a number', 'd82701'],
    ['a big integer of text', 'c26161'],
    ['a time of text', 'c16161'],
    ['a time beyond the range', 'c11b0000ffffffffffff'],
    ['an infinite time', 'c1f97c00'],
  ])('are refused: %s', (_, bytes) => {
    expect(codeOf(() => decodeBody(unhex(bytes)))).toBe('MALFORMED');
  });

  test('nested beyond the limit are refused, not followed', () => {
    const deep = (count: number, open: number): Uint8Array => new Uint8Array(count + 1).fill(open, 0, count);
    expect(codeOf(() => decodeBody(deep(200_000, 0x81)))).toBe('TOO_DEEP');
    expect(codeOf(() => decodeBody(deep(200_000, 0xc1)))).toBe('MALFORMED');
    expect(decodeBody(deep(100, 0x81))).toBeDefined();
    expect(codeOf(() => decodeBody(deep(101, 0x81)))).toBe('TOO_DEEP');
    expect(codeOf(() => decodeBody(deep(3, 0x81), 2))).toBe('TOO_DEEP');
  });
});

describe('bytes that come in a Node Buffer', () => {
  it.each([
    ['as a value', Uint8Array.of(1, 2)],
    ['in a Set', new Set([Uint8Array.of(1, 2)])],
    ['as a key of a Map', new Map([[[Uint8Array.of(3)], 1]])],
  ])('are decoded to copies of their own, of the plain kind, %s', (_, value) => {
    const frame = Buffer.from(encodeBody(value));
    const decoded = decodeBody(frame);
    frame.fill(0);
    expect(valuesEqual(decoded, value)).toBe(true);
    expect(encodeBody(decoded)).toEqual(encodeBody(value));
  });
});
