import { defineSwap } from '../define-swap';

/** `x + by`. @example n.swap(inc, 5) */
export const inc = defineSwap('inc', (x: number, by = 1): number => x + by);
