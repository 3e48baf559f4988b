import { defineSwap } from '../define-swap';
import { isDocMap } from '../is-doc-map';
import { withoutPart } from '../parts';
import type { KeyOf } from './types';

/**
 * The collection without `keys`; those it does not have change nothing. From an array, items at indexes of the
 * array as it was.
 *
 * @example
 * todos.swap(dissoc, 'todo:1', 'todo:2');
 */
export const dissoc = defineSwap(
  'dissoc',
  <C, K extends KeyOf<C>>(collection: C, ...keys: readonly K[]): C => {
    if (Array.isArray(collection)) {
      const gone = new Set<unknown>(keys);
      const kept = collection.filter((_, index) => !gone.has(index));
      return kept.length === collection.length ? collection : (kept as C);
    }
    if (isDocMap(collection)) return collection.withoutAll(keys as readonly string[]) as C;
    return keys.reduce<unknown>((rest, key) => withoutPart(rest, key), collection) as C;
  },
);
