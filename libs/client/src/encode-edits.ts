import type { Doc } from '@atomsync/atom';
import { diff, encodeBody, encodePatch, type Change } from '@atomsync/protocol';
import type { Edit } from './pending';

/** Docs up to this many bytes always travel whole: a patch of them saves nothing. */
const PATCH_FROM = 1024;

/** How the write of one doc is to be encoded. */
export interface Form {
  readonly schemaVersion: number;
  /** Never as a patch: the server has other bytes than the doc it was made on. */
  readonly whole: boolean;
}

/** Tells how the write of a doc is to be encoded. */
export interface Forms<D> {
  form(key: string, before: Doc<D> | undefined): Form;
}

/**
 * A write set as it is stored and sent.
 *
 * @throws ProtocolError `NOT_CARRYABLE` naming the path of a value that would not arrive unchanged
 */
export function encodeEdits<D>(edits: ReadonlyMap<string, Edit<D>>, forms: Forms<D>): Change[] {
  const changes: Change[] = [];
  for (const [key, edit] of edits) changes.push(encodeEdit(key, edit, forms.form(key, edit.before)));
  return changes;
}

function encodeEdit<D>(key: string, { before, after }: Edit<D>, { schemaVersion, whole }: Form): Change {
  if (after === undefined) return { kind: 'delete', key };
  const body = encodeBody(after);
  if (!whole && before !== undefined && body.length > PATCH_FROM) {
    const difference = diff(before, after);
    const patch = difference && encodePatch(difference);
    if (patch && patch.length * 2 < body.length) return { kind: 'patch', key, schemaVersion, patch };
  }
  return { kind: 'put', key, schemaVersion, body };
}
