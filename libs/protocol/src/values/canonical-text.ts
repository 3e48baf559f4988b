import { giveWriter, takeWriter } from '../cbor/writer-pool';
import { DEFAULT_LIMITS } from '../limits';
import { latin1, writeValue } from './write-value';

/** The canonical bytes as a string: a carryable value as a key by content. */
export function canonicalText(value: unknown): string {
  const out = takeWriter();
  try {
    writeValue(out, value, DEFAULT_LIMITS.maxDepth, true);
    return latin1(out.peek(0));
  } finally {
    giveWriter(out);
  }
}
