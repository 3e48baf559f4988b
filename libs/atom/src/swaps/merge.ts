import { defineSwap } from '../define-swap';
import { mergeParts } from '../merge-parts';
import type { MergeInput } from './types';

/**
 * The collection with the parts of `other` put over its own.
 *
 * @example
 * user.swap(merge, { name: 'Ada' });
 */
export const merge = defineSwap(
  'merge',
  <C>(collection: C, other: MergeInput<C>): C => mergeParts(collection, other) as C,
);
