import { defineSwap } from '../define-swap';
import { isDocMap } from '../is-doc-map';
import { AtomError, show } from '../errors';
import type { ItemOf } from './types';

/**
 * The collection with `items` added: at the end of an array, as members of a Set, as `[key, part]` of a Map or
 * doc map. A collection that has them already (Set, doc map) is given back as it is.
 *
 * @example
 * user.at('tags').swap(conj, 'new');
 */
export const conj = defineSwap('conj', <C>(collection: C, ...items: readonly ItemOf<C>[]): C => {
  if (items.length === 0) return collection;
  if (Array.isArray(collection)) return [...(collection as unknown[]), ...items] as C;
  if (collection instanceof Set) {
    return items.every((item) => collection.has(item))
      ? collection
      : (new Set([...collection, ...items]) as C);
  }
  if (collection instanceof Map)
    return new Map([...collection, ...(items as readonly (readonly [unknown, unknown])[])]) as C;
  if (isDocMap(collection)) return collection.withAll(items as readonly [string, unknown][]) as C;
  throw new AtomError(
    'BAD_ARGS',
    `Cannot conj to ${show(collection)}: it takes arrays, Sets, Maps and doc maps.`,
  );
});
