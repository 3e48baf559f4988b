import { defineSwap } from '../define-swap';
import { mergeParts } from '../merge-parts';
import type { Segment } from '../parts';
import { runWrite } from '../write';
import type { At, CheckPath, MergeInput } from './types';

/**
 * The value with the parts of `other` put over those of what is at `path`.
 *
 * @throws {AtomError} `BAD_PATH`; `NO_SUCH_DOC` at or below an absent doc
 * @example
 * user.swap(mergeIn, ['profile'], { name: 'Ada' });
 */
export const mergeIn = defineSwap(
  'mergeIn',
  <C, const P extends readonly Segment[]>(
    value: C,
    path: P & CheckPath<C, P>,
    other: MergeInput<NonNullable<At<C, P>>>,
  ): C => runWrite({ kind: 'swap', path, fn: mergeParts, args: [other] }, value),
);
