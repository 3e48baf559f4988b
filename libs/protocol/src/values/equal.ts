import { kindOf } from './kind';
import { MemberIndex } from './member-index';

/** Whether two encoded values have the same bytes. Equal values may have different bytes (order of keys). */
export function bodiesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Whether two values are the same to the wire: kind by kind, numbers by `Object.is`, objects, Maps and Sets
 * without regard to order, members and Map keys by content.
 */
export function valuesEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case 'array':
      return arraysEqual(a as readonly unknown[], b as readonly unknown[]);
    case 'object':
      return objectsEqual(a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>);
    case 'map':
      return mapsEqual(a as ReadonlyMap<unknown, unknown>, b as ReadonlyMap<unknown, unknown>);
    case 'set':
      return setsEqual(a as ReadonlySet<unknown>, b as ReadonlySet<unknown>);
    case 'date':
      return Object.is((a as Date).getTime(), (b as Date).getTime());
    case 'bytes':
      return bodiesEqual(a as Uint8Array, b as Uint8Array);
    case 'uuid':
      return (a as { value: string }).value === (b as { value: string }).value;
    default:
      return false;
  }
}

function arraysEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => valuesEqual(item, b[i]));
}

function objectsEqual(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && valuesEqual(a[key], b[key]))
  );
}

function mapsEqual(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  const keys = new MemberIndex(b.keys());
  for (const [key, value] of a) {
    const same = keys.find(key);
    if (same === undefined || !valuesEqual(value, b.get(same.member))) return false;
  }
  return true;
}

function setsEqual(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  if (a.size !== b.size) return false;
  const members = new MemberIndex(b);
  for (const member of a) if (members.find(member) === undefined) return false;
  return true;
}
