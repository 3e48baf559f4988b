import { Writer } from '../cbor/writer';
import { DEFAULT_LIMITS } from '../limits';
import { latin1, writeValue } from './write-value';

const shared = new Writer();
let busy = false;

/** The canonical bytes as a string: a carryable value as a key by content. */
export function canonicalText(value: unknown): string {
  const out = busy ? new Writer() : shared;
  const outer = busy;
  busy = true;
  try {
    out.begin();
    writeValue(out, value, DEFAULT_LIMITS.maxDepth, true);
    return latin1(out.peek(0));
  } finally {
    busy = outer;
  }
}
