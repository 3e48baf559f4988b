import { defineSwap } from '../define-swap';
import { withPart } from '../parts';
import type { KeyOf, PartInput } from './types';

/**
 * The collection with `part` under `key`.
 *
 * @example
 * todos.swap(assoc, 'todo:1', { text: 'Buy milk', done: false });
 */
export const assoc = defineSwap(
  'assoc',
  <C, K extends KeyOf<C>>(collection: C, key: K, part: PartInput<C, K>): C =>
    withPart(collection, key, part) as C,
);
