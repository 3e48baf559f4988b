import type { DocMap } from './doc-map';

/** On every doc map, so that what only asks for one does not bring the class along. */
export const DOC_MAP: unique symbol = Symbol('DocMap');

/** `instanceof DocMap` without importing it: atoms of other values are a third of the weight. */
export const isDocMap = (value: unknown): value is DocMap<unknown> =>
  typeof value === 'object' && value !== null && DOC_MAP in value;
