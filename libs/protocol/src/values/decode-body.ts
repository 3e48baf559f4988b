import { Reader } from '../cbor/reader';
import { DEFAULT_LIMITS } from '../limits';
import type { Body } from '../messages/parts';
import { readValue } from './read-value';

/**
 * Decodes one CBOR item to a value of its own memory. Throws MALFORMED for anything but exactly one well-formed
 * item of the kinds that `encodeBody` writes, and TOO_DEEP beyond `maxDepth` nested containers.
 */
export function decodeBody(bytes: Body, maxDepth: number = DEFAULT_LIMITS.maxDepth): unknown {
  const from = new Reader(bytes);
  const value = readValue(from, maxDepth);
  from.finish();
  return value;
}
