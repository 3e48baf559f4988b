import type { DocMap } from './doc-map';
import { DOC_MAP } from './doc-map-mark';

/** `instanceof DocMap` without importing it: atoms of other values weigh half as much. */
export const isDocMap = (value: unknown): value is DocMap<unknown> =>
  typeof value === 'object' && value !== null && DOC_MAP in value;
