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
  if (!isProperty(segment)) return undefined;
  if (Object.hasOwn(value, segment)) return (value as Record<string, unknown>)[segment];
  // A class may answer by an accessor of its prototype.
  return isPlain(value) || segment in Object.prototype
    ? undefined
    : (value as Record<string, unknown>)[segment];
};

/** Whether `value` has something under `segment`, be it `undefined`. */
const hasPart = (value: object, segment: Segment): boolean => {
  if (value instanceof Map) return value.has(segment);
  if (Array.isArray(value)) return isIndex(segment) && segment < value.length;
  return isProperty(segment) && Object.hasOwn(value, segment);
};

// Defined, not assigned: `__proto__` becomes an own property like any other and never a prototype.
const define = <T extends object>(target: T, key: string | number, value: unknown): T =>
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

/** A copy of `value` with `part` under `segment`; the same value where it is there already. */
export const withPart = (value: unknown, segment: Segment, part: unknown): unknown => {
  if (value === undefined || value === null) {
    if (typeof segment === 'string') return define({}, segment, part);
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
    return withItem(value, segment, part);
  }
  return define({ ...copyable(value, segment) }, propertyOf(value, segment), part);
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
  const copy = { ...copyable(value, segment) };
  delete copy[propertyOf(value, segment)];
  return copy;
};

const withItem = (items: readonly unknown[], index: number, item: unknown): unknown[] => {
  const copy = items.slice();
  copy[index] = item;
  return copy;
};

const propertyOf = (value: object, segment: Segment): string | number => {
  if (isProperty(segment)) return segment;
  throw badPath(value, segment, 'has strings and numbers as property names');
};

const copyable = (value: object, segment: Segment): Record<string | number, unknown> => {
  if (isPlain(value)) return value;
  throw badPath(value, segment, 'cannot be copied part by part: replace the whole of it');
};

const badPath = (value: unknown, segment: Segment, rule: string): AtomError =>
  new AtomError('BAD_PATH', `Cannot write ${show(segment)} of ${show(value)}: it ${rule}.`);
