/**
 * Atoms, cursors, doc maps, live queries and named swaps: all that needs no network.
 *
 * @module @atomsync/atom
 */

export { Atom, atom, type AtomOptions } from './atom';
export { Cursor, type CursorOptions } from './cursor';
export type { DeepReadonly } from './deep-readonly';
export { DocMap, type Doc, type DocInput } from './doc-map';
export type { DocChange } from './doc-tree';
export { AtomError, type AtomErrorCode } from './errors';
export { freezeInDevelopment } from './freeze';
export type { Path, Segment } from './parts';
export type { ReadRecorder } from './read-recorder';
export type { Validator } from './validator';
export type { Watch } from './watch';
export { runWrite, type PathDefault, type Write } from './write';
export {
  defineSwap,
  findSwap,
  isNamedSwap,
  type NamedSwap,
  type SwapDefinition,
  type SwapFunction,
  type SwapIdentity,
} from './define-swap';
export { reset, type Resettable } from './operators/reset';
export { swap, type Swappable } from './operators/swap';
export type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema';
export { assoc } from './swaps/assoc';
export { assocIn } from './swaps/assoc-in';
export { conj } from './swaps/conj';
export { dec } from './swaps/dec';
export { disj } from './swaps/disj';
export { dissoc } from './swaps/dissoc';
export { dissocIn } from './swaps/dissoc-in';
export { inc } from './swaps/inc';
export { insertAt } from './swaps/insert-at';
export { merge } from './swaps/merge';
export { mergeIn } from './swaps/merge-in';
export { push } from './swaps/push';
export { toggle } from './swaps/toggle';
export { update } from './swaps/update';
export { updateIn } from './swaps/update-in';
export type { SwapArg } from './place-types';
export { schemaFault } from './schema-fault';
export type { Sortable } from './views/compare-values';
export type { ViewEntry } from './views/view-entry';
export { ViewError } from './views/view-error';
export type { SortBy, SortDirection, SortKey, SortTerm, ViewQuery } from './views/view-query';
export { View, view } from './views/view';
