import type { Doc } from '@atomsync/atom';
import {
  applyPatch,
  decodeBody,
  decodePatch,
  diff,
  encodeBody,
  encodePatch,
  type Change,
} from '@atomsync/protocol';
import type { Edit } from './pending';

/** What takes a write set back. */
export function undoOf<D>(edits: ReadonlyMap<string, Edit<D>>): Change[] {
  return Array.from(edits, ([key, edit]) => undo(key, edit));
}

/** It never leaves this store, and tells nothing of schemas. */
const schemaVersion = 1;

function undo<D>(key: string, { before, after }: Edit<D>): Change {
  if (before === undefined) return { kind: 'delete', key };
  const back = after === undefined ? undefined : diff(after, before);
  if (back) return { kind: 'patch', key, schemaVersion, patch: encodePatch(back) };
  return { kind: 'put', key, schemaVersion, body: encodeBody(before) };
}

/** The write set of changes to whole docs, and of what takes them back. */
export function editsBetween<D>(changes: readonly Change[], undo: readonly Change[]): Map<string, Edit<D>> {
  const after = new Map(changes.map((change) => [change.key, changed<D>(change, undefined)]));
  return new Map(
    undo.map((back) => {
      const doc = after.get(back.key);
      return [back.key, { before: changed<D>(back, doc), after: doc }];
    }),
  );
}

function changed<D>(change: Change, doc: Doc<D> | undefined): Doc<D> | undefined {
  switch (change.kind) {
    case 'delete':
      return undefined;
    case 'put':
      return decodeBody(change.body) as Doc<D>;
    case 'patch':
      return applyPatch(decodePatch(change.patch), doc) as Doc<D>;
  }
}
