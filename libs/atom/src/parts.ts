import { isDocMap } from './is-doc-map';
import { AtomError, show } from './errors';

/** One step of a path: a property, an array index, a key of a Map or of a doc map. */
export type Segment = string | number | bigint | boolean;
/** Where a part lies within a value; `[]` is the value itself. */
export type Path = readonly Segment[];

const isPlain = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const isIndex = (segment: Segment): segment is number =>
  Number.isInteger(segment) && (segment as number) >= 0;

const isProperty = (segment: Segment): segment is string | number =>
  typeof segment === 'string' || typeof segment === 'number';

/**
 * The part of `value` under `segment`, `undefined` where there is none. Plain objects have own properties only,
 * so that `constructor` and `__proto__` are keys like any other.
 */
export const readPart = (value: unknown, segment: Segment): unknown => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isDocMap(value)) return typeof segment === 'string' ? value.get(segment) : undefined;
  if (value instanceof Map) return (value as Map<unknown, unknown>).get(segment);
  if (Array.isArray(value)) return isIndex(segment) ? (value as unknown[])[segment] : undefined;
  // A class may answer by an accessor of its prototype.
  return isProperty(segment) && (Object.hasOwn(value, segment) || !(segment in Object.prototype))
    ? (value as Record<string, unknown>)[segment]
    : undefined;
};

/** Whether `value` has something under `segment`, be it `undefined`. */
const hasPart = (value: object, segment: Segment): boolean => {
  if (value instanceof Map) return value.has(segment);
  if (Array.isArray(value)) return isIndex(segment) && segment < value.length;
  return isProperty(segment) && Object.hasOwn(value, segment);
};

/** A copy of `value` with `part` under `segment`; the same value where it is there already. */
export const withPart = (value: unknown, segment: Segment, part: unknown): unknown => {
  if (value === undefined || value === null) {
    if (typeof segment === 'string') return { [segment]: part };
    if (segment === 0) return [part];
    throw badPath(value, segment, 'has no parts: only properties and the index 0 can be added to nothing');
  }
  if (typeof value !== 'object') throw badPath(value, segment, 'has no parts');
  if (isDocMap(value)) {
    if (typeof segment === 'string') return value.with(segment, part);
    throw badPath(value, segment, 'has strings as keys');
  }
  if (hasPart(value, segment) && Object.is(readPart(value, segment), part)) return value;
  if (value instanceof Map) return new Map(value as Map<unknown, unknown>).set(segment, part);
  if (Array.isArray(value)) {
    if (!isIndex(segment) || segment > value.length)
      throw badPath(value, segment, 'has the indexes from 0 to its length, and no holes');
    return value.toSpliced(segment, 1, part);
  }
  const copyable = checkCopyable(value, segment);
  if (!isProperty(segment)) throw badPath(value, segment, 'has strings and numbers as property names');
  // A computed name makes `__proto__` an own property like any other and never a prototype.
  return { ...copyable, [segment]: part };
};

/** A copy of `value` without `segment`; the same value where there is none. In an array later items move up. */
export const withoutPart = (value: unknown, segment: Segment): unknown => {
  if (value === undefined || value === null) return value;
  if (typeof value !== 'object') throw badPath(value, segment, 'has no parts');
  if (isDocMap(value)) return typeof segment === 'string' ? value.without(segment) : value;
  if (!hasPart(value, segment)) return value;
  if (value instanceof Map) {
    const copy = new Map(value as Map<unknown, unknown>);
    copy.delete(segment);
    return copy;
  }
  if (Array.isArray(value)) return value.toSpliced(segment as number, 1);
  const copy = { ...checkCopyable(value, segment) };
  delete copy[segment as string | number];
  return copy;
};

const checkCopyable = (value: object, segment: Segment): Record<string | number, unknown> => {
  if (isPlain(value)) return value;
  throw badPath(value, segment, 'cannot be copied part by part: replace the whole of it');
};

const badPath = (value: unknown, segment: Segment, rule: string): AtomError =>
  new AtomError('BAD_PATH', `Cannot write ${show(segment)} of ${show(value)}: it ${rule}.`);
