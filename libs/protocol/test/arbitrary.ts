import * as fc from 'fast-check';
import { canonicalBytes } from '../src/values/canonical';
import { keyword } from '../src/values/keyword';
import { UUID } from '../src/values/uuid';

/** Keys that have broken codecs and object stores before; all can be carried. */
export const HOSTILE_KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  '',
  '0',
  '-1',
  'a\0b',
  '\0',
  '💡',
  'é',
  'x'.repeat(10_240),
  'ü'.repeat(40),
  '\u{10ffff}',
  '\ufeffbom',
];

/** Any well-formed string. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_KEYS) },
  );

/** Any number, with the borders of the encodings. */
export const number = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.float(),
    fc.constantFrom(
      0,
      -0,
      NaN,
      Infinity,
      -Infinity,
      23,
      24,
      255,
      256,
      65535,
      65536,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 53,
      -(2 ** 53),
    ),
    fc.constantFrom(
      0.5,
      1.5,
      65504,
      65505.5,
      2 ** -24,
      2 ** -25,
      5e-324,
      3.4028234663852886e38,
      1e21,
      Number.MAX_VALUE,
    ),
  );

/** Any value without an inside. */
export const scalar = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(null, undefined, true, false),
    number(),
    text(),
    fc.bigInt(),
    fc.bigInt({ min: -3n, max: 300n }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
    fc.uuid().map((value) => new UUID(value)),
    text()
      .filter((name) => name !== '')
      .map(keyword),
  );

function distinct(member: unknown): string {
  // As keys and members, JavaScript itself takes -0 for 0.
  return canonicalBytes(Object.is(member, -0) ? 0 : member).join();
}

/** How deep and broad {@link carryable} builds. */
export interface CarryableOptions {
  /** Containers within containers; 3 when absent. */
  readonly depth?: number;
  /** Items per container; 4 when absent. */
  readonly breadth?: number;
}

/** Any value the wire carries, of all kinds, nested. */
export function carryable({ depth = 3, breadth = 4 }: CarryableOptions = {}): fc.Arbitrary<unknown> {
  if (depth === 0) return scalar();
  const inner = carryable({ depth: depth - 1, breadth });
  return fc.oneof(
    { weight: 3, arbitrary: scalar() },
    { weight: 2, arbitrary: fc.array(inner, { maxLength: breadth }) },
    { weight: 3, arbitrary: carryableObject(inner, breadth) },
    {
      weight: 2,
      arbitrary: fc
        .uniqueArray(fc.tuple(inner, inner), { maxLength: breadth, selector: ([key]) => distinct(key) })
        .map((entries) => new Map(entries)),
    },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(inner, { maxLength: breadth, selector: distinct })
        .map((members) => new Set(members)),
    },
  );
}

function carryableObject(
  inner: fc.Arbitrary<unknown>,
  breadth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const key = fc.oneof(fc.constantFrom('a', 'b', 'c'), text());
  return fc
    .array(fc.tuple(key, inner), { maxLength: breadth })
    .map((entries) => Object.fromEntries(entries) as Record<string, unknown>);
}

/** Two values that are likely to have much in common: the second is the first with some places changed. */
export function carryablePair(options: CarryableOptions = {}): fc.Arbitrary<readonly [unknown, unknown]> {
  const small = carryable({ depth: 1, breadth: 3 });
  const edited = fc
    .tuple(carryable(options), fc.array(fc.tuple(fc.nat(), fc.nat(3), small), { minLength: 1, maxLength: 4 }))
    .map(([before, edits]) => {
      const after = edits.reduce((value, [seed, action, item]) => edit(value, seed, action, item), before);
      return [before, after] as const;
    });
  return fc.oneof(
    { weight: 4, arbitrary: edited },
    { weight: 1, arbitrary: fc.tuple(carryable(options), carryable(options)) },
  );
}

/** Changes, adds or takes away one item somewhere in the value. */
function edit(value: unknown, seed: number, action: number, item: unknown): unknown {
  const rest = Math.floor(seed / 7);
  if (Array.isArray(value)) {
    const at = seed % (value.length + 1);
    if (action === 0) return value.toSpliced(at, 0, item);
    if (value.length === 0) return [item];
    const index = at % value.length;
    return action === 1
      ? value.toSpliced(index, 1)
      : value.with(index, edit(value[index], rest, action, item));
  }
  if (value instanceof Map) {
    const after = new Map<unknown, unknown>(value);
    const key: unknown = [...value.keys()][seed % Math.max(1, value.size)];
    if (action === 0 || value.size === 0) after.set(`new ${seed % 3}`, item);
    else if (action === 1) after.delete(key);
    else after.set(key, edit(value.get(key), rest, action, item));
    return after;
  }
  if (value instanceof Set) {
    const after = new Set<unknown>(value);
    if (action === 1) after.delete([...value][seed % Math.max(1, value.size)]);
    else after.add(`new ${seed % 3}`);
    return after;
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value);
    if (action === 0 || entries.length === 0)
      return Object.fromEntries([...entries, [`new ${seed % 3}`, item]]);
    const at = seed % entries.length;
    if (action === 1) return Object.fromEntries(entries.toSpliced(at, 1));
    const [key, old] = entries[at]!;
    return Object.fromEntries(entries.with(at, [key, edit(old, rest, action, item)]));
  }
  return item;
}
