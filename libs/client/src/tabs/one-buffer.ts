import type { DocState } from '@atomsync/protocol';

/** The same docs, their bodies in one buffer: between tabs it is copied as one. */
export function inOneBuffer(docs: readonly (DocState & { readonly body: Uint8Array })[]): DocState[] {
  const all = new Uint8Array(docs.reduce((sum, { body }) => sum + body.length, 0));
  let at = 0;
  return docs.map((doc) => {
    all.set(doc.body, at);
    const body = all.subarray(at, at + doc.body.length);
    at += doc.body.length;
    return { ...doc, body };
  });
}
