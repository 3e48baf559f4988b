import { malformed } from '../cbor/reader';
import { DEFAULT_LIMITS } from '../limits';
import type { Body } from '../messages/parts';
import { decodeBody } from '../values/decode-body';
import { encodeBody } from '../values/encode-body';
import type { ArrayStep, Patch } from './patch';

const REPLACE = 0;
const OBJECT = 1;
const MAP = 2;
const SET = 3;
const ARRAY = 4;
const INSERT = 5;
/** How much deeper than its value a patch nests at most: an inserted item stands in `[4, [5, item]]`. */
export const PATCH_DEPTH = 2;

/**
 * Encodes a patch as one body:
 *
 * ```
 *  replace [0, value]          object [1, key, patch | null, …]     map [2, key, patch | null, …]
 *  set [3, [removed…], [added…]]      array [4, keep n | drop -n | [5, inserted…] | patch, …]
 * ```
 */
export function encodePatch(patch: Patch, maxDepth: number = DEFAULT_LIMITS.maxDepth): Body {
  return encodeBody(toWire(patch), maxDepth + PATCH_DEPTH);
}

function toWire(patch: Patch): unknown[] {
  switch (patch.kind) {
    case 'replace':
      return [REPLACE, patch.value];
    case 'object':
    case 'map': {
      const wire: unknown[] = [patch.kind === 'object' ? OBJECT : MAP];
      for (const [key, change] of patch.changes) wire.push(key, change && toWire(change));
      return wire;
    }
    case 'set':
      return [SET, patch.remove, patch.add];
    case 'array': {
      const wire: unknown[] = [ARRAY];
      for (const step of patch.steps) {
        if (typeof step === 'number') wire.push(step);
        else wire.push(step.kind === 'insert' ? [INSERT, ...step.items] : toWire(step));
      }
      return wire;
    }
  }
}

/** Decodes and validates a patch. Throws MALFORMED or TOO_DEEP. */
export function decodePatch(bytes: Body, maxDepth: number = DEFAULT_LIMITS.maxDepth): Patch {
  return fromWire(decodeBody(bytes, maxDepth + PATCH_DEPTH));
}

function fromWire(wire: unknown): Patch {
  if (!Array.isArray(wire)) throw malformed('a patch that is no array');
  const rest: readonly unknown[] = wire.slice(1);
  switch (wire[0]) {
    case REPLACE:
      if (rest.length !== 1) throw malformed('a replacing patch without its one value');
      return { kind: 'replace', value: rest[0] };
    case OBJECT: {
      const changes = pairs(rest);
      for (const [key] of changes)
        if (typeof key !== 'string') throw malformed('a key of an object that is no text');
      return { kind: 'object', changes: changes as [string, Patch | null][] };
    }
    case MAP:
      return { kind: 'map', changes: pairs(rest) };
    case SET: {
      const [remove, add] = rest;
      if (!Array.isArray(remove) || !Array.isArray(add) || rest.length !== 2) {
        throw malformed('the patch of a Set that is not two arrays');
      }
      return { kind: 'set', remove, add };
    }
    case ARRAY:
      return { kind: 'array', steps: rest.map(stepFromWire) };
    default:
      throw malformed('a patch of an unknown kind');
  }
}

function pairs(rest: readonly unknown[]): [unknown, Patch | null][] {
  if (rest.length % 2 === 1) throw malformed('a patch with a key that nothing follows');
  const changes: [unknown, Patch | null][] = [];
  for (let i = 0; i < rest.length; i += 2)
    changes.push([rest[i], rest[i + 1] === null ? null : fromWire(rest[i + 1])]);
  return changes;
}

function stepFromWire(wire: unknown): ArrayStep {
  if (typeof wire === 'number') {
    if (!Number.isSafeInteger(wire) || wire === 0) throw malformed(`the step ${wire} of a patch`);
    return wire;
  }
  if (Array.isArray(wire) && wire[0] === INSERT) return { kind: 'insert', items: wire.slice(1) as unknown[] };
  return fromWire(wire);
}
