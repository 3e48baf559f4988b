import { assertCarryable, decodeBody, encodeBody, keyword, UUID } from '../src/index';
import { codeOf } from './codes';

class Point {
  x = 1;
}
class Tags extends Set<string> {}

function cycle(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = { inside: [value] };
  return value;
}

const named = Object.assign([1], { extra: 1 });
const hole: number[] = [1];
hole[2] = 3;

describe('what cannot arrive unchanged', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'a function',
      { tags: ['a', 'b', function go() {}] },
      /a function \(go\) at \.tags\[2\]: keep data only/,
    ],
    ['a symbol', { 'a b': Symbol('x') }, /a symbol at \["a b"\]: use keyword/],
    ['a class instance', [new Point()], /an instance of Point at \[0\]: keep its data as a plain object/],
    ['a subclass of a kind', { t: new Tags() }, /an instance of Tags at \.t/],
    ['a WeakMap', new WeakMap(), /an instance of WeakMap at the top/],
    ['a promise', [Promise.resolve()], /an instance of Promise/],
    ['a regular expression', /x/, /an instance of RegExp/],
    ['an error', new Error('x'), /an instance of Error/],
    ['a boxed number', new Number(1), /an instance of Number/],
    ['a Buffer', { b: Buffer.from('x') }, /an instance of Buffer at \.b: copy it: new Uint8Array/],
    ['other typed arrays', new Float32Array(1), /an instance of Float32Array/],
    ['a cycle', cycle(), /contains itself at \.self\.inside\[0\]: refer to it by a key/],
    ['a lone surrogate', { a: ['x\ud800'] }, /lone surrogate at \.a\[0\]: repair it with toWellFormed/],
    ['a lone surrogate in a long string', 'y'.repeat(100) + '\udc00', /lone surrogate at the top/],
    ['a lone surrogate in a key', { 'k\udfff': 1 }, /a key with a lone surrogate at /],
    ['a hole', { a: hole }, /a hole of a sparse array at \.a\[1\]: fill it/],
    ['a hole hidden by a named property', Object.assign(hole.slice(), { x: 1 }), /a hole of a sparse array/],
    [
      'an array with a named property',
      named,
      /the extra property extra of an array at the top: use an object/,
    ],
    ['the result of a match', 'ab'.match(/b/), /the extra property/],
    ['a symbol key', { [Symbol('s')]: 1 }, /the symbol key Symbol\(s\)/],
    [
      'a non-enumerable property',
      Object.defineProperty({}, 'h', { value: 1 }),
      /a non-enumerable property at \.h/,
    ],
    ['a value in a Map', new Map([['a', () => 1]]), /a function at \.get\("a"\)/],
    ['a key of a Map', new Map([[() => 1, 1]]), /a function at \.keys\(\)/],
    ['a member of a Set', new Set([Symbol('x')]), /a symbol at \.values\(\)\[0\]/],
    ['two equal members', new Set([{ a: 1 }, { a: 1 }]), /two equal members at the top/],
    [
      'two equal keys',
      new Map([
        [new Date(1), 1],
        [new Date(1), 2],
      ]),
      /two equal members/,
    ],
  ])('is refused with its path and the remedy: %s', (_, value, message) => {
    expect(() => encodeBody(value)).toThrow(message);
    expect(() => assertCarryable(value)).toThrow(message);
    expect(codeOf(() => encodeBody(value))).toBe('NOT_CARRYABLE');
  });

  test('is refused when nested beyond the limit', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(codeOf(() => encodeBody(nested(101)))).toBe('TOO_DEEP');
    expect(codeOf(() => encodeBody(nested(50_00)))).toBe('TOO_DEEP');
    expect(encodeBody(nested(100))).toBeDefined();
    expect(() => encodeBody({ a: [[]] }, 2)).toThrow(/deeper than the limit at \.a\[0\]/);
  });

  test('is refused when more than four Sets and Maps are members of each other', () => {
    const sets = (depth: number): unknown => (depth === 0 ? 1 : new Set([sets(depth - 1), 0]));
    expect(decodeBody(encodeBody(sets(4)))).toEqual(sets(4));
    expect(codeOf(() => encodeBody(sets(5)))).toBe('TOO_DEEP');
    expect(() => assertCarryable({ a: new Map([[sets(4), 1]]) })).toThrow(
      /members or keys of each other at \.a/,
    );
    expect(encodeBody(new Set([{ a: [new Map([['k', sets(3)]])] }]))).toBeDefined();
    const bytes = new Uint8Array([...Array.from({ length: 5 }, () => [0xd9, 1, 2, 0x81]).flat(), 1]);
    expect(codeOf(() => decodeBody(bytes))).toBe('TOO_DEEP');
  });

  test('leaves the next encoding whole', () => {
    expect(codeOf(() => encodeBody(['x', () => 1]))).toBe('NOT_CARRYABLE');
    expect(encodeBody('a')).toEqual(new Uint8Array([0x61, 0x61]));
  });

  test('a Proxy that encodes within encoding does no harm', () => {
    const target = { a: 1, b: 2 };
    const sly = new Proxy(target, {
      get: (all, key) => (encodeBody('inner'), Reflect.get(all, key) as unknown),
    });
    expect(encodeBody(sly)).toEqual(encodeBody(target));
  });

  test('objects without a prototype are plain objects', () => {
    expect(encodeBody(Object.assign(Object.create(null), { a: 1 }))).toEqual(encodeBody({ a: 1 }));
  });
});

describe('a keyword', () => {
  test('is one instance a name, with its parts', () => {
    expect(keyword('groceries')).toBe(keyword('groceries'));
    expect([keyword('list/item').namespace, keyword('list/item').name]).toEqual(['list', 'item']);
    expect([keyword('/').namespace, keyword('/').name, keyword('a/').name]).toEqual([undefined, '/', 'a/']);
    expect(String(keyword('ns/name'))).toBe(':ns/name');
    expect(Object.isFrozen(keyword('x'))).toBe(true);
  });

  test('has a name that can be carried', () => {
    expect(codeOf(() => keyword(''))).toBe('NOT_CARRYABLE');
    expect(codeOf(() => keyword('\ud800'))).toBe('NOT_CARRYABLE');
  });
});

describe('a UUID', () => {
  test('is equal by content and spelled in lower case', () => {
    const id = new UUID('01890C6E-7B1A-7C3E-9F4D-0123456789AB');
    expect(id.value).toBe('01890c6e-7b1a-7c3e-9f4d-0123456789ab');
    expect(id.equals(UUID.fromBytes(id.toBytes()))).toBe(true);
    expect(codeOf(() => new UUID('nonsense'))).toBe('NOT_CARRYABLE');
  });
});
