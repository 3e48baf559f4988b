/*
 * JSON as it is, and what it lacks as an object with one key that begins with `$`:
 *
 *   {"$undefined": true}   {"$number": "-0"}    {"$bigint": "12"}   {"$date": 1700000000000}   {"$bytes": "AQI="}
 *   {"$uuid": "…"}         {"$keyword": "a/b"}  {"$set": […]}       {"$map": [[key, value], …]}
 *
 * `$number` holds -0, NaN, Infinity, -Infinity, and integers that JSON's readers round; an invalid date is
 * {"$date": null}. An object whose only key begins with `$` is written {"$object": {…}}.
 */
import { Keyword, keyword, ProtocolError, UUID } from '@atomsync/protocol';

/** Throws `MALFORMED`. */
export function readJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  return tooDeepIsError(() => untagged(parsed));
}

/** Carries every value of the protocol. */
export const writeJson = (value: unknown): string => tooDeepIsError(() => JSON.stringify(tagged(value)));

function tagged(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $undefined: true };
    case 'bigint':
      return { $bigint: String(value) };
    case 'number':
      return isPlainNumber(value) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'object':
      return value === null ? null : taggedObject(value);
    default:
      return value;
  }
}

function taggedObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof Set) return { $set: [...value].map(tagged) };
  if (value instanceof Map) return { $map: [...value].map((entry) => entry.map(tagged)) };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof UUID) return { $uuid: value.value };
  if (value instanceof Keyword) return { $keyword: value.fullName };
  const object = mapped(value, tagged);
  return tagOf(value) === undefined ? object : { $object: object };
}

function untagged(value: unknown): unknown {
  if (typeof value === 'number' && !isPlainNumber(value) && !Object.is(value, -0)) {
    throw bad(
      `${value} is rounded by JSON; write {"$number": "…"} for a float, {"$bigint": "…"} for an integer`,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(untagged);
  const tag = tagOf(value);
  if (tag === undefined) return mapped(value, untagged);
  const reader = Object.hasOwn(READERS, tag) ? READERS[tag] : undefined;
  const read = reader?.((value as Record<string, unknown>)[tag]);
  if (read === undefined)
    throw bad(`{"${tag}": …} is no value; an object of one such key is {"$object": {…}}`);
  return read.value;
}

/** What a tag's content stands for; `undefined` where it is not of its form. */
type Reader = (content: unknown) => { readonly value: unknown } | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  $undefined: (content) => (content === true ? { value: undefined } : undefined),
  $bigint: (content) =>
    typeof content === 'string' && /^-?\d+$/.test(content) ? { value: BigInt(content) } : undefined,
  $number: (content) =>
    typeof content === 'string' && /^(NaN|-?Infinity|-?\d+(\.\d+)?(e[+-]?\d+)?)$/i.test(content)
      ? { value: Number(content) }
      : undefined,
  $date: (content) =>
    content === null || Number.isSafeInteger(content)
      ? { value: new Date((content as number | null) ?? Number.NaN) }
      : undefined,
  $bytes: (content) => {
    if (typeof content !== 'string') return undefined;
    const bytes = Buffer.from(content, 'base64');
    return bytes.toString('base64') === content ? { value: new Uint8Array(bytes) } : undefined;
  },
  $uuid: (content) => (typeof content === 'string' ? { value: new UUID(content) } : undefined),
  $keyword: (content) => (typeof content === 'string' ? { value: keyword(content) } : undefined),
  $set: (content) => {
    if (!Array.isArray(content)) return undefined;
    const set = new Set(content.map(untagged));
    return set.size === content.length ? { value: set } : undefined;
  },
  $map: (content) => {
    if (!Array.isArray(content) || !content.every((entry) => Array.isArray(entry) && entry.length === 2)) {
      return undefined;
    }
    const map = new Map(content.map((entry) => (entry as unknown[]).map(untagged) as [unknown, unknown]));
    return map.size === content.length ? { value: map } : undefined;
  },
  $object: (content) =>
    typeof content === 'object' && content !== null && !Array.isArray(content)
      ? { value: mapped(content, untagged) }
      : undefined,
};

function tagOf(value: object): string | undefined {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0]!.startsWith('$') ? keys[0] : undefined;
}

/** Keys are data: `__proto__` is one like any other. */
const mapped = (object: object, each: (value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, each(value)]));

/** Whether all readers of JSON read back the same number. */
const isPlainNumber = (value: number): boolean =>
  Number.isFinite(value) &&
  !Object.is(value, -0) &&
  (!Number.isInteger(value) || Number.isSafeInteger(value));

function tooDeepIsError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError('TOO_DEEP', 'The body is nested too deep.');
    throw error;
  }
}

const bad = (what: string): ProtocolError =>
  new ProtocolError('MALFORMED', `The body is not JSON as it is read here: ${what}.`);
