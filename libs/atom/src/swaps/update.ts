import { defineSwap } from '../define-swap';
import type { SwapArg } from '../place-types';
import { runWrite } from '../write';
import type { KeyOf, PartInput, PartOf } from './types';

/**
 * The collection with the part under `key` replaced by `fn(part, ...args)`. In a doc map the doc must exist.
 *
 * @throws {AtomError} `NO_SUCH_DOC`
 * @example
 * counts.swap(update, 'visits', inc, 5);
 */
export const update = defineSwap(
  'update',
  <C, K extends KeyOf<C>, A extends readonly SwapArg[]>(
    collection: C,
    key: K,
    fn: (part: PartOf<C, K>, ...args: A) => PartInput<C, K>,
    ...args: A
  ): C => runWrite({ kind: 'swap', path: [key], fn, args }, collection),
);
