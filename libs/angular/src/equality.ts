import { DocMap } from '@atomsync/atom';
import { valuesEqual } from '@atomsync/protocol';

/**
 * When a signal counts as unchanged: the same value, doc maps of the very same docs, and data of equal content, as
 * when a part of a doc is decoded anew because another part of it has changed.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof DocMap || b instanceof DocMap)
    return a instanceof DocMap && b instanceof DocMap && (a as DocMap<unknown>).equals(b as DocMap<unknown>);
  return valuesEqual(a, b);
}
