import type { HandedOver, LocalDoc } from '@atomsync/client';
import { decodeBody, encodeBody } from '@atomsync/protocol';

/** Docs as they are stored and handed over: what is given under each key, with all its types. */
export function encodeDocs(
  docs: Iterable<readonly [key: string, doc: unknown]> | Readonly<Record<string, unknown>>,
  schemaVersion = 1,
): LocalDoc[] {
  const entries = Symbol.iterator in docs ? docs : Object.entries(docs);
  return Array.from(entries as Iterable<readonly [string, unknown]>, ([key, doc]) => ({
    key,
    schemaVersion,
    body: encodeBody(doc),
  }));
}

type Packed = readonly [
  docs: readonly (readonly [string, number, Uint8Array])[],
  cursor: readonly [string, number] | undefined,
];

/** What is handed over as text: CBOR in Base64, so that values keep their types. */
export function packGroup({ docs, cursor }: HandedOver): string {
  const packed: Packed = [
    docs.map(({ key, schemaVersion, body }) => [key, schemaVersion, body]),
    cursor && [cursor.token, cursor.version],
  ];
  let text = '';
  for (const byte of encodeBody(packed)) text += String.fromCharCode(byte);
  return btoa(text);
}

/** What `packGroup` made a text of; trusted, as all of the page is. */
export function unpackGroup(text: string): HandedOver {
  const [docs, cursor] = decodeBody(Uint8Array.from(atob(text), (char) => char.charCodeAt(0))) as Packed;
  return {
    // Copies: what is decoded shares the memory of all.
    docs: docs.map(([key, schemaVersion, body]) => ({ key, schemaVersion, body: body.slice() })),
    ...(cursor && { cursor: { token: cursor[0], version: cursor[1] } }),
  };
}
