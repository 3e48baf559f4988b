import { defineSwap } from '../define-swap';
import { AtomError, show } from '../errors';

/**
 * The Set without `items`; the same Set when it has none of them.
 *
 * @example
 * user.at('roles').swap(disj, 'admin');
 */
export const disj = defineSwap('disj', <V>(set: Set<V>, ...items: readonly NoInfer<V>[]): Set<V> => {
  if (!((set as unknown) instanceof Set)) {
    throw new AtomError(
      'BAD_ARGS',
      `Cannot disj from ${show(set)}: it takes Sets. Use dissoc for keys and indexes.`,
    );
  }
  if (!items.some((item) => set.has(item))) return set;
  const gone = new Set<V>(items);
  return new Set([...set].filter((item) => !gone.has(item)));
});
