import { defineSwap } from '../define-swap';

/** The other of true and false. @example todos.at('todo:1', 'done').swap(toggle) */
export const toggle = defineSwap('toggle', (x: boolean): boolean => !x);
