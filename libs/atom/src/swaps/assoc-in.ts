import { defineSwap } from '../define-swap';
import type { Segment } from '../parts';
import { runWrite } from '../write';
import type { AtInput, CheckPath } from './types';

/**
 * The value with `part` at `path`. Objects that are missing on the way are made; docs are not.
 *
 * @throws {AtomError} `BAD_PATH`; `NO_SUCH_DOC` below an absent doc
 * @example
 * user.swap(assocIn, ['profile', 'name'], 'Ada');
 */
export const assocIn = defineSwap(
  'assocIn',
  <C, const P extends readonly Segment[]>(value: C, path: P & CheckPath<C, P>, part: AtInput<C, P>): C =>
    runWrite({ kind: 'reset', path, value: part }, value),
);
