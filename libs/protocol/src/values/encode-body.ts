import { giveWriter, takeWriter } from '../cbor/writer-pool';
import { ProtocolError } from '../errors/protocol-error';
import { DEFAULT_LIMITS } from '../limits';
import type { Body } from '../messages/parts';
import { assertCarryable } from './assert-carryable';
import { writeValue } from './write-value';

/**
 * Encodes a value as one CBOR item. Throws NOT_CARRYABLE, with the path and the remedy, for what could not
 * arrive unchanged, and TOO_DEEP beyond `maxDepth` nested containers. Small results are views of a shared
 * slab: `slice()` one before handing its `buffer` on.
 *
 * @example decodeBody(encodeBody(new Map([[1n, new Set(['a'])]]))) // equal, kinds kept
 */
export function encodeBody(value: unknown, maxDepth: number = DEFAULT_LIMITS.maxDepth): Body {
  const out = takeWriter();
  try {
    writeValue(out, value, maxDepth, false);
    return out.finish();
  } catch (error) {
    throw explained(error, value, maxDepth);
  } finally {
    giveWriter(out);
  }
}

/** Goes through the value once more to name the path of what the fast pass stumbled over. */
export function explained(error: unknown, value: unknown, maxDepth: number): unknown {
  if (!(error instanceof ProtocolError)) return error;
  try {
    assertCarryable(value, maxDepth);
  } catch (better) {
    return better;
  }
  return error;
}
