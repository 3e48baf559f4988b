import { defineSwap } from '../define-swap';
import { withoutPart, type Segment } from '../parts';
import { readAt, runWrite } from '../write';
import type { CheckPath } from './types';

/**
 * The value without what is at `path`; where there is nothing, nothing happens.
 *
 * @example
 * todos.swap(dissocIn, ['todo:1', 'dueAt']);
 */
export const dissocIn = defineSwap(
  'dissocIn',
  <C, const P extends readonly Segment[]>(value: C, path: P & CheckPath<C, P>): C => {
    const last = path.at(-1);
    if (last === undefined) return value;
    const holder = path.slice(0, -1);
    if (readAt(value, holder) === undefined) return value;
    return runWrite({ kind: 'swap', path: holder, fn: withoutPart, args: [last] }, value);
  },
);
