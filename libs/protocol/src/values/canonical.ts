import { giveWriter, takeWriter } from '../cbor/writer-pool';
import { DEFAULT_LIMITS } from '../limits';
import { explained } from './encode-body';
import { writeValue } from './write-value';

/**
 * The deterministic encoding (RFC 8949, 4.2.1): object keys, Map entries and Set members in the order of their
 * encoded bytes. Equal values in the sense of {@link valuesEqual} have equal canonical bytes, so digests of
 * them are equal. `decodeBody` reads it like any body.
 */
export function canonicalBytes(value: unknown, maxDepth: number = DEFAULT_LIMITS.maxDepth): Uint8Array {
  const out = takeWriter();
  try {
    writeValue(out, value, maxDepth, true);
    return out.finish();
  } catch (error) {
    throw explained(error, value, maxDepth);
  } finally {
    giveWriter(out);
  }
}
