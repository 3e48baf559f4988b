import type { Cover } from '@atomsync/protocol';
import type { DocRow, Page } from '../commit-store';

/** A doc as a table holds it. */
export type DocRecord = Omit<DocRow, 'body' | 'covers'> & {
  readonly body: Uint8Array | null;
  readonly covers: string | null;
};

/** Runs a statement, and gives the rows that come back. */
export type Select = <R>(statement: string, parameters: unknown[]) => Promise<R[]>;

export function docRow({ body, covers, ...row }: DocRecord): DocRow {
  const bare = body === null ? row : { ...row, body };
  return covers === null ? bare : { ...bare, covers: decodeCovers(covers) };
}

const decodeCovers = (json: string): Cover[] =>
  (JSON.parse(json) as [number, number][]).map(([since, by]) => ({ since, by }));

/** What is named in each group. */
export function byGroup<R extends { readonly group: string }>(
  refs: readonly R[],
  name: (ref: R) => string,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const ref of refs) {
    const names = groups.get(ref.group);
    if (names === undefined) groups.set(ref.group, [name(ref)]);
    else names.push(name(ref));
  }
  return groups;
}

/** As many docs as the bounds allow; the statements end with the limit. */
export async function bounded(
  select: Select,
  statements: { readonly sizes: string; readonly docs: string },
  where: readonly unknown[],
  maxDocs: number,
  maxBytes: number,
): Promise<Page> {
  const sizes = await select<{ size: number | null }>(statements.sizes, [...where, maxDocs + 1]);
  let bytes = 0;
  const over = sizes.findIndex(({ size }, index) => {
    bytes += size ?? 0;
    return index > 0 && (index >= maxDocs || bytes > maxBytes);
  });
  const count = over < 0 ? sizes.length : over;
  if (count === 0) return { docs: [], more: false };
  const docs = await select<DocRecord>(statements.docs, [...where, count]);
  return { docs: docs.map(docRow), more: over >= 0 };
}
