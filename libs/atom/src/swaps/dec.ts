import { defineSwap } from '../define-swap';

/** `x - by`. @example n.swap(dec) */
export const dec = defineSwap('dec', (x: number, by = 1): number => x - by);
