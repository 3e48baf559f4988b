import { canonicalBytes } from '@atomsync/protocol';
import { createHash } from 'node:crypto';

/** The same for the same docs under the same keys, whichever way they came. `docs` are in the order of their keys. */
export function digest(docs: Iterable<readonly [key: string, doc: unknown]>): string {
  const hash = createHash('sha256');
  for (const [key, doc] of docs) hash.update(canonicalBytes(key)).update(canonicalBytes(doc));
  return hash.digest('hex');
}
