/**
 * The difference between two values of one doc, as plain data. It fits the value it was made from, and any
 * other on which its steps make sense; where one does not, applying throws PATCH_MISMATCH.
 *
 * ```
 *  { a: 1, b: { c: [1, 2, 3], d: 'x' } }   →   { a: 1, b: { c: [1, 9, 3] } }
 *
 *  { kind: 'object', changes: [['b', { kind: 'object', changes: [
 *      ['d', null],                                                       null: the key goes
 *      ['c', { kind: 'array', steps: [1, { kind: 'replace', value: 9 }, 1] }]]}]]}
 * ```
 */
export type Patch = ReplacePatch | ObjectPatch | MapPatch | SetPatch | ArrayPatch;

/** The new value takes the place of the old one, or of none. */
export interface ReplacePatch {
  readonly kind: 'replace';
  readonly value: unknown;
}

/** Key by key; `null` takes the key away. */
export interface ObjectPatch {
  readonly kind: 'object';
  readonly changes: readonly (readonly [key: string, patch: Patch | null])[];
}

/** As for an object, with keys of any kind, found by content. */
export interface MapPatch {
  readonly kind: 'map';
  readonly changes: readonly (readonly [key: unknown, patch: Patch | null])[];
}

/** Members, by content, that go and that come. */
export interface SetPatch {
  readonly kind: 'set';
  readonly remove: readonly unknown[];
  readonly add: readonly unknown[];
}

/** Steps that together pass over the whole of the old array, from front to back. */
export interface ArrayPatch {
  readonly kind: 'array';
  readonly steps: readonly ArrayStep[];
}

/** n > 0: n items stay; n < 0: -n items go; `insert`: items come; a patch: one item is changed. */
export type ArrayStep = number | { readonly kind: 'insert'; readonly items: readonly unknown[] } | Patch;
