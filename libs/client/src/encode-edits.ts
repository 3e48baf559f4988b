import { diff, encodeBody, encodePatch, type Change } from '@atomsync/protocol';
import type { Edit } from './pending';

/** Docs up to this many bytes always travel whole: a patch of them saves nothing. */
const PATCH_FROM = 1024;

/**
 * A write set as it is stored and sent.
 *
 * @throws ProtocolError `NOT_CARRYABLE` naming the path of a value that would not arrive unchanged
 */
export function encodeEdits<D>(edits: ReadonlyMap<string, Edit<D>>, schemaVersion: number): Change[] {
  const changes: Change[] = [];
  for (const [key, edit] of edits) changes.push(encodeEdit(key, edit, schemaVersion));
  return changes;
}

function encodeEdit<D>(key: string, { before, after }: Edit<D>, schemaVersion: number): Change {
  if (after === undefined) return { kind: 'delete', key };
  const body = encodeBody(after);
  if (before !== undefined && body.length > PATCH_FROM) {
    const difference = diff(before, after);
    const patch = difference && encodePatch(difference);
    if (patch && patch.length * 2 < body.length) return { kind: 'patch', key, schemaVersion, patch };
  }
  return { kind: 'put', key, schemaVersion, body };
}
