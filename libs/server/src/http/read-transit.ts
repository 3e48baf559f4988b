/*
 * Transit's JSON, as Clojure and transit-js write it:
 *
 *   Transit                                  value
 *   map, all of its keys strings             object
 *   any other map; every `cmap`              Map (written as a map where keywords or UUIDs are keys, else as cmap)
 *   set, keyword, uuid, instant, bytes, n    Set, Keyword, UUID, Date, Uint8Array, bigint
 *   integer beyond ±(2⁵³ − 1)                bigint
 *   list                                     array: Clojure's are equal to vectors of the same items
 *   [~#atomsync/undefined null]              undefined
 *   [~#atomsync/minus-zero null]             -0
 *   symbol, char, uri, decimal, ratio, link, other tags: NOT_CARRYABLE, as nothing here is the same
 */
import { keyword, ProtocolError, UUID } from '@atomsync/protocol';
import { MINUS_ZERO_TAG, UNDEFINED_TAG } from './write-transit';
import transit from 'transit-js';

const UNDEFINED = Symbol('undefined');

type Handlers = Record<string, (rep: unknown) => unknown>;

/** Throws `MALFORMED` or `NOT_CARRYABLE`. */
export function readTransit(text: string): unknown {
  let read: unknown;
  try {
    // A reader's cache of one text stands in the next one's reach, and that may be a stranger's.
    read = transit.reader('json', OPTIONS).read(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    if (error instanceof RangeError) throw new ProtocolError('TOO_DEEP', 'The body is nested too deep.');
    throw new ProtocolError('MALFORMED', 'The body is not well-formed Transit JSON.');
  }
  return plain(read);
}

function notCarryable(what: string): never {
  throw new ProtocolError(
    'NOT_CARRYABLE',
    `Cannot carry ${what}: nothing here is the same. Use a keyword, a string, a number or a vector in its place.`,
  );
}

const items = (rep: unknown): unknown[] => {
  if (!Array.isArray(rep)) throw malformed();
  return rep.map(plain);
};

const text = (rep: unknown): string => {
  if (typeof rep !== 'string') throw malformed();
  return rep;
};

function malformed(): ProtocolError {
  return new ProtocolError('MALFORMED', 'The body is not well-formed Transit JSON.');
}

const refused = Object.fromEntries(
  [
    // The library looks handlers up in a plain object: what that inherits would count as one.
    ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'),
    ...['$', 'c', 'r', 'f', 'x', 'link', 'ratio'],
  ].map((tag): [string, () => never] => [tag, () => notCarryable(`Transit's '${tag}'`)]),
);

const handlers: Handlers = {
  ...refused,
  ':': (rep) => keyword(text(rep)),
  u: uuid,
  n: (rep) => {
    if (!/^-?\d+$/.test(text(rep))) throw malformed();
    return BigInt(text(rep));
  },
  set: (rep) => {
    const members = items(rep);
    const set = new Set(members);
    if (set.size < members.length) throw malformed();
    return set;
  },
  list: items,
  cmap: (rep) => {
    const flat = items(rep);
    if (flat.length % 2 !== 0) throw malformed();
    return mapOf(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));
  },
  [UNDEFINED_TAG]: () => UNDEFINED,
  [MINUS_ZERO_TAG]: () => -0,
};

type Pairs = [unknown, unknown][];

const OPTIONS: transit.ReaderOptions = {
  handlers,
  mapBuilder: {
    init: (): Pairs => [],
    add: (entries: Pairs, key: unknown, value: unknown) => {
      entries.push([plain(key), plain(value)]);
      return entries;
    },
    finalize: (entries: Pairs) =>
      entries.every(([key]) => typeof key === 'string') ? objectOf(entries) : mapOf(entries),
  },
  arrayBuilder: {
    init: (): unknown[] => [],
    add: (array: unknown[], item: unknown) => {
      array.push(plain(item));
      return array;
    },
    finalize: (array: unknown[]) => array,
    fromArray: (array: unknown[]) => array.map(plain),
  },
};

/** The library's own types in ours, one level deep: its containers are built of what has been here. */
function plain(value: unknown): unknown {
  if (value === UNDEFINED) return undefined;
  // A cache code that stands for nothing.
  if (value === undefined) throw malformed();
  if (typeof value !== 'object' || value === null) return value;
  if (transit.isTaggedValue(value)) notCarryable(`Transit's '${String((value as { tag: unknown }).tag)}'`);
  if (transit.isInteger(value)) return BigInt(String(value));
  // The tag of a two-item array that is none.
  if (Object.getPrototypeOf(value) === TAG_PROTOTYPE) throw malformed();
  return value;
}

const TAG_PROTOTYPE = Object.getPrototypeOf(
  (transit.reader('json').read('["~#x"]') as unknown[])[0],
) as object;

function objectOf(entries: Pairs): object {
  const object = Object.fromEntries(entries) as object;
  if (Object.keys(object).length < entries.length) throw malformed();
  return object;
}

function mapOf(entries: Pairs): ReadonlyMap<unknown, unknown> {
  const map = new Map(entries);
  if (map.size < entries.length) throw malformed();
  return map;
}

function uuid(rep: unknown): UUID {
  if (typeof rep === 'string') return new UUID(rep);
  // Two signed halves, as the MessagePack flavour and some writers have them.
  const hex = items(rep).map((half) =>
    BigInt.asUintN(64, BigInt(half as number | bigint))
      .toString(16)
      .padStart(16, '0'),
  );
  return new UUID(hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}
