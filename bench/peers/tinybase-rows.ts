import type { BenchDoc } from '../contender';

/** Its cells are texts, numbers and booleans. */
export type Row = Omit<BenchDoc, 'tags'> & { readonly tags: string };

export const rowOf = (doc: BenchDoc): Row => ({ ...doc, tags: doc.tags.join(' ') });

export const docOf = (row: Row): BenchDoc => ({ ...row, tags: row.tags.split(' ') });
