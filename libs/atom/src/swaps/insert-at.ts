import { defineSwap } from '../define-swap';
import { AtomError, show } from '../errors';

/**
 * The array with `items` before the one at `index`; at its length, after all.
 *
 * @throws {AtomError} `BAD_ARGS` when there is no such place
 * @example
 * list.swap(insertAt, 0, 'first');
 */
export const insertAt = defineSwap(
  'insertAt',
  <C extends readonly unknown[]>(array: C, index: number, ...items: readonly C[number][]): C => {
    if (!Number.isInteger(index) || index < 0 || index > array.length) {
      throw new AtomError(
        'BAD_ARGS',
        `Cannot insert at ${show(index)} of an array of ${array.length}: 0 to ${array.length} it is.`,
      );
    }
    return items.length === 0 ? array : (array.toSpliced(index, 0, ...items) as unknown as C);
  },
);
