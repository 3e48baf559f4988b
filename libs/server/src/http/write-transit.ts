import { Keyword, ProtocolError, UUID } from '@atomsync/protocol';

export const UNDEFINED_TAG = 'atomsync/undefined';
export const MINUS_ZERO_TAG = 'atomsync/minus-zero';

/**
 * Carries every value of the protocol, as `readTransit` tells. Written here and without cache codes, which are never
 * needed: the library's writer keeps them by key in a plain object, so that a doc with a key `__proto__` would change
 * what all objects of the process inherit.
 */
export function writeTransit(value: unknown): string {
  try {
    const ground = grounded(value);
    return JSON.stringify(Array.isArray(ground) ? ground : ["~#'", ground]);
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError('TOO_DEEP', 'The value is nested too deep.');
    throw error;
  }
}

/** The value in what JSON has. */
function grounded(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return escaped(value);
    case 'undefined':
      return [`~#${UNDEFINED_TAG}`, null];
    case 'bigint':
      return `~n${value}`;
    case 'number':
      return groundedNumber(value);
    case 'object':
      return value === null ? null : groundedObject(value);
    default:
      return value;
  }
}

function groundedNumber(value: number): unknown {
  if (Object.is(value, -0)) return [`~#${MINUS_ZERO_TAG}`, null];
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? '~zNaN' : value > 0 ? '~zINF' : '~z-INF';
}

function groundedObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(grounded);
  if (value instanceof Keyword) return `~:${value.fullName}`;
  if (value instanceof UUID) return `~u${value.value}`;
  if (value instanceof Date) return `~m${value.getTime()}`;
  if (value instanceof Uint8Array) return `~b${Buffer.from(value).toString('base64')}`;
  if (value instanceof Set) return ['~#set', [...value].map(grounded)];
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, unknown>)].flat().map(grounded);
    return isPlainMap(value) ? ['^ ', ...entries] : ['~#cmap', entries];
  }
  return ['^ ', ...Object.entries(value).flat().map(grounded)];
}

const escaped = (text: string): string => (/^[~^`]/.test(text) ? `~${text}` : text);

const isName = (key: unknown): boolean =>
  typeof key === 'string' || key instanceof Keyword || key instanceof UUID;

/** Whether a Map reads as one from Transit's plain map: its keys are names, not all of them strings. */
const isPlainMap = (map: ReadonlyMap<unknown, unknown>): boolean => {
  const keys = [...map.keys()];
  return keys.every(isName) && keys.some((key) => typeof key !== 'string');
};
