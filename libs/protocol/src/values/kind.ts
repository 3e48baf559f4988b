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
    return type === 'function' || type === 'symbol' ? 'other' : type;
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
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name = typeof maker === 'function' ? maker.name : '';
  const [kind, tag] = Object.hasOwn(byForeignName, name) ? byForeignName[name]! : [];
  if (kind === undefined || Object.prototype.toString.call(value) !== tag) return 'other';
  // A class of the app's may merely bear the name: count the prototypes, and look for what only Object's has.
  const above = prototypesAbove(prototype);
  const built = kind === 'object' ? Object.hasOwn(prototype, 'isPrototypeOf') : true;
  return built && above === (kind === 'object' ? 0 : kind === 'bytes' ? 2 : 1) ? kind : 'other';
}

function prototypesAbove(prototype: object): number {
  let count = -1;
  for (let up: object | null = prototype; up !== null; up = Object.getPrototypeOf(up) as object | null)
    count++;
  return count;
}
