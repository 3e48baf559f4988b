import { Keyword } from './keyword';
import { UUID } from './uuid';

/** What kind of carryable thing a value is; `other` cannot be carried. */
export type Kind =
  | 'null'
  | 'undefined'
  | 'boolean'
  | 'number'
  | 'bigint'
  | 'string'
  | 'array'
  | 'object'
  | 'map'
  | 'set'
  | 'date'
  | 'bytes'
  | 'uuid'
  | 'keyword'
  | 'other';

const byPrototype = new Map<object, Kind>([
  [Object.prototype, 'object'],
  [Array.prototype, 'array'],
  [Map.prototype, 'map'],
  [Set.prototype, 'set'],
  [Date.prototype, 'date'],
  [Uint8Array.prototype, 'bytes'],
  [UUID.prototype, 'uuid'],
  [Keyword.prototype, 'keyword'],
]);

const byForeignName: Readonly<Record<string, readonly [Kind, tag: string]>> = {
  Object: ['object', '[object Object]'],
  Array: ['array', '[object Array]'],
  Map: ['map', '[object Map]'],
  Set: ['set', '[object Set]'],
  Date: ['date', '[object Date]'],
  Uint8Array: ['bytes', '[object Uint8Array]'],
};

/** The kind of any value. Subclasses and other class instances are `other`: they would not arrive as what they are. */
export function kindOf(value: unknown): Kind {
  if (typeof value !== 'object') {
    const type = typeof value;
    return type === 'function' || type === 'symbol' ? 'other' : (type as Kind);
  }
  return value === null ? 'null' : kindOfObject(value);
}

/** {@link kindOf} for what is known to be an object. */
export function kindOfObject(value: object): Kind {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return 'object';
  if (prototype === Array.prototype) return 'array';
  return byPrototype.get(prototype) ?? foreignKind(value, prototype);
}

/** Plain values of another realm (a frame, a test's context) have prototypes of their own but the same build. */
function foreignKind(value: object, prototype: object): Kind {
  const name: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name;
  const known =
    typeof name === 'string' && Object.hasOwn(byForeignName, name) ? byForeignName[name] : undefined;
  if (known === undefined || Object.prototype.toString.call(value) !== known[1]) return 'other';
  // Own methods mark a class of the app's that merely bears the name.
  if (known[0] === 'object') {
    return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
      ? 'object'
      : 'other';
  }
  let depth = 0;
  for (let up = Object.getPrototypeOf(prototype) as object | null; up !== null; depth++) {
    up = Object.getPrototypeOf(up) as object | null;
  }
  return depth === (known[0] === 'bytes' ? 2 : 1) ? known[0] : 'other';
}
