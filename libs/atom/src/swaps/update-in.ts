import { defineSwap } from '../define-swap';
import type { Segment } from '../parts';
import type { SwapArg } from '../place-types';
import { runWrite } from '../write';
import type { At, AtInput, CheckPath } from './types';

/**
 * The value with the part at `path` replaced by `fn(part, ...args)`.
 *
 * @throws {AtomError} `BAD_PATH`; `NO_SUCH_DOC` at or below an absent doc
 * @example
 * state.swap(updateIn, ['stats', 'visits'], inc);
 */
export const updateIn = defineSwap(
  'updateIn',
  <C, const P extends readonly Segment[], A extends readonly SwapArg[]>(
    value: C,
    path: P & CheckPath<C, P>,
    fn: (part: At<C, P>, ...args: A) => AtInput<C, P>,
    ...args: A
  ): C => runWrite({ kind: 'swap', path, fn, args }, value),
);
