import { Writer } from '../cbor/writer';
import { ProtocolError } from '../errors/protocol-error';
import { DEFAULT_LIMITS } from '../limits';
import type { Body } from '../messages/parts';
import { assertCarryable } from './assert-carryable';
import { writeValue } from './write-value';

const shared = new Writer();
let busy = false;

/**
 * Encodes a value as one CBOR item. Throws NOT_CARRYABLE, with the path and the remedy, for what could not
 * arrive unchanged, and TOO_DEEP beyond `maxDepth` nested containers. Small results are views of a shared
 * slab: `slice()` one before handing its `buffer` on.
 *
 * @example decodeBody(encodeBody(new Map([[1n, new Set(['a'])]]))) // equal, kinds kept
 */
export function encodeBody(value: unknown, maxDepth: number = DEFAULT_LIMITS.maxDepth): Body {
  // A Proxy in the value may call back in here; the inner call then needs a writer of its own.
  const out = busy ? new Writer() : shared;
  const outer = busy;
  busy = true;
  try {
    out.begin();
    writeValue(out, value, maxDepth, false);
    return out.finish();
  } catch (error) {
    throw explained(error, value, maxDepth);
  } finally {
    busy = outer;
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
