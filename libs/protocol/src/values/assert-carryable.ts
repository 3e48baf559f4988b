import { isWellFormed } from '../cbor/text';
import { DEFAULT_LIMITS } from '../limits';
import { ProtocolError } from '../errors/protocol-error';
import { canonicalText } from './canonical-text';
import { kindOf } from './kind';
import { MEMBER_DEPTH } from './member-depth';

/**
 * Throws when the wire cannot carry the value unchanged: NOT_CARRYABLE naming the path, what stands there and
 * what to do instead, or TOO_DEEP. {@link encodeBody} judges the same on its way; call this only to ask early.
 *
 * @example assertCarryable({ tags: ['a', () => 1] }) // Cannot carry a function at .tags[1]: keep data only…
 */
export function assertCarryable(value: unknown, maxDepth: number = DEFAULT_LIMITS.maxDepth): void {
  walk(value, '', new Set(), maxDepth, MEMBER_DEPTH);
}

function walk(value: unknown, path: string, above: Set<object>, depth: number, members: number): void {
  const kind = kindOf(value);
  if (kind === 'string' && !isWellFormed(value as string)) {
    throw refuse('a string with a lone surrogate', path, 'repair it with toWellFormed()');
  }
  if (kind === 'other') throw refuseOther(value, path);
  if (kind !== 'array' && kind !== 'object' && kind !== 'map' && kind !== 'set') return;
  const container = value as object;
  if (above.has(container))
    throw refuse('a value that contains itself', path, 'refer to it by a key instead');
  if (depth === 0) {
    throw new ProtocolError(
      'TOO_DEEP',
      `The value is nested deeper than the limit ${where(path)}; flatten it or split the doc`,
    );
  }
  if (members === 0 && (kind === 'map' || kind === 'set') && (container as ReadonlySet<unknown>).size > 0) {
    throw new ProtocolError(
      'TOO_DEEP',
      `More than ${MEMBER_DEPTH} Sets and Maps are members or keys of each other ${where(path)}; use arrays for the inner ones`,
    );
  }
  above.add(container);
  const inside = (item: unknown, step: string, lower = members): void =>
    walk(item, path + step, above, depth - 1, lower);
  if (kind === 'array') walkArray(container as readonly unknown[], path, inside);
  else if (kind === 'object') walkObject(container as Readonly<Record<string, unknown>>, path, inside);
  else if (kind === 'map') {
    const seen = new Set<string>();
    for (const [key, item] of container as ReadonlyMap<unknown, unknown>) {
      inside(key, `.keys()[${label(key)}]`, members - 1);
      distinct(key, seen, path);
      inside(item, `.get(${label(key)})`);
    }
  } else {
    const seen = new Set<string>();
    let index = 0;
    for (const member of container as ReadonlySet<unknown>) {
      inside(member, `.values()[${index++}]`, members - 1);
      distinct(member, seen, path);
    }
  }
  above.delete(container);
}

function walkArray(
  array: readonly unknown[],
  path: string,
  inside: (item: unknown, step: string) => void,
): void {
  for (let i = 0; i < array.length; i++) {
    if (!Object.hasOwn(array, i)) {
      throw refuse('a hole of a sparse array', `${path}[${i}]`, 'fill it with null or undefined');
    }
    inside(array[i], `[${i}]`);
  }
  const extra = Reflect.ownKeys(array).find((key) => key !== 'length' && !isIndex(key, array.length));
  if (extra !== undefined)
    throw refuse(`the extra property ${String(extra)} of an array`, path, 'use an object');
}

function isIndex(key: string | symbol, length: number): boolean {
  return typeof key === 'string' && String(Number(key)) === key && Number(key) < length;
}

function walkObject(
  record: Readonly<Record<string, unknown>>,
  path: string,
  inside: (item: unknown, step: string) => void,
): void {
  for (const key of Reflect.ownKeys(record)) {
    if (typeof key === 'symbol') throw refuse(`the symbol key ${String(key)}`, path, 'use a string key');
    const step = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    if (!isWellFormed(key))
      throw refuse('a key with a lone surrogate', path + step, 'repair it with toWellFormed()');
    const { enumerable } = Object.getOwnPropertyDescriptor(record, key)!;
    if (!enumerable) throw refuse('a non-enumerable property', path + step, 'define it as a plain property');
    inside(record[key], step);
  }
}

function distinct(member: unknown, seen: Set<string>, path: string): void {
  if (typeof member !== 'object' || member === null) return;
  const text = canonicalText(member);
  if (seen.has(text))
    throw refuse('two equal members', path, 'members and Map keys are told apart by content');
  seen.add(text);
}

function refuseOther(value: unknown, path: string): ProtocolError {
  if (typeof value === 'function') {
    return refuse(
      `a function${value.name ? ` (${value.name})` : ''}`,
      path,
      'keep data only, and functions in the code',
    );
  }
  if (typeof value === 'symbol') return refuse('a symbol', path, "use keyword('name')");
  const name = (value as object).constructor?.name ?? 'a class without a name';
  if (ArrayBuffer.isView(value))
    return refuse(`an instance of ${name}`, path, 'copy it: new Uint8Array(bytes)');
  return refuse(`an instance of ${name}`, path, 'keep its data as a plain object, Map, Set or Date');
}

function refuse(what: string, path: string, remedy: string): ProtocolError {
  return new ProtocolError('NOT_CARRYABLE', `Cannot carry ${what} ${where(path)}: ${remedy}`);
}

function where(path: string): string {
  return path === '' ? 'at the top' : `at ${path.length > 200 ? `${path.slice(0, 200)}…` : path}`;
}

function label(key: unknown): string {
  return typeof key === 'string'
    ? JSON.stringify(key)
    : typeof key === 'object' && key !== null
      ? '…'
      : String(key);
}
