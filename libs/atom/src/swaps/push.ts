import { defineSwap } from '../define-swap';

/** The array with `items` at its end. @example list.swap(push, 'last') */
export const push = defineSwap(
  'push',
  <C extends readonly unknown[]>(array: C, ...items: readonly C[number][]): C =>
    items.length === 0 ? array : ([...array, ...items] as unknown as C),
);
