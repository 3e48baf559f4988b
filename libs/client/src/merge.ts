import type { Doc } from '@atomsync/atom';
import { applyFieldEdits, fieldEdits, valuesEqual, type FieldEdit, type PathStep } from '@atomsync/protocol';
import type { Conflict, ConflictPolicy } from './conflict';
import type { Edit } from './pending';

export interface Merge<D> {
  readonly after: Doc<D> | undefined;
  readonly conflicts: readonly Conflict[];
}

/**
 * Puts an own write of one doc (`mine.before` → `mine.after`) on top of what the doc has become meanwhile.
 * Different fields both survive; one field written by both is settled by `policy`. An edit of a doc that
 * was deleted meanwhile never brings the doc back.
 *
 * @param mineIsLater whether the own write is the later one, for `last-write-wins`
 */
export function mergeDoc<D>(
  key: string,
  mine: Edit<D>,
  theirs: Doc<D> | undefined,
  policy: ConflictPolicy,
  mineIsLater: boolean,
): Merge<D> {
  if (valuesEqual(mine.before, theirs)) return { after: mine.after, conflicts: [] };
  if (valuesEqual(mine.after, theirs)) return { after: theirs, conflicts: [] };
  if (mine.before === undefined || mine.after === undefined || theirs === undefined) {
    const gone = theirs === undefined;
    const settled = settle(
      { key, path: [], base: mine.before, mine: mine.after, theirs },
      policy,
      mineIsLater,
    );
    if (!gone || settled.conflict.kept !== 'mine') {
      return { after: settled.value as Doc<D> | undefined, conflicts: [settled.conflict] };
    }
    return { after: undefined, conflicts: [{ ...settled.conflict, kept: 'theirs' }] };
  }
  return mergeFields<D>(key, mine.before, mine.after, theirs, policy, mineIsLater);
}

function mergeFields<D>(
  key: string,
  base: unknown,
  mine: unknown,
  theirs: unknown,
  policy: ConflictPolicy,
  mineIsLater: boolean,
): Merge<D> {
  const theirEdits = fieldEdits(base, theirs);
  const conflicts: Conflict[] = [];
  const edits: FieldEdit[] = [];
  for (const edit of fieldEdits(base, mine)) {
    const rival = theirEdits.find((other) => overlaps(edit.path, other.path));
    if (rival === undefined || sameEdit(edit, rival)) {
      edits.push(edit);
      continue;
    }
    const field = { key, path: edit.path, base: edit.before, mine: edit.after, theirs: rival.after };
    const settled = settle(field, policy, mineIsLater);
    conflicts.push(settled.conflict);
    if (settled.conflict.kept === 'theirs') continue;
    edits.push(settled.conflict.kept === 'mine' ? edit : { ...edit, kind: 'set', after: settled.value });
  }
  return { after: applyFieldEdits(edits, theirs) as Doc<D>, conflicts };
}

type Field = Pick<Conflict, 'key' | 'path' | 'base' | 'mine' | 'theirs'>;

function settle(
  field: Field,
  policy: ConflictPolicy,
  mineIsLater: boolean,
): { readonly value: unknown; readonly conflict: Conflict } {
  if (typeof policy === 'function') {
    const value = policy(field.base, field.mine, field.theirs, { key: field.key, path: field.path });
    const kept = valuesEqual(value, field.theirs)
      ? 'theirs'
      : valuesEqual(value, field.mine)
        ? 'mine'
        : 'other';
    return { value, conflict: { ...field, kept, policy: 'function' } };
  }
  const ours = policy === 'rebase' || (policy === 'last-write-wins' && mineIsLater);
  return {
    value: ours ? field.mine : field.theirs,
    conflict: { ...field, kept: ours ? 'mine' : 'theirs', policy },
  };
}

/** One path leads to or through the other: both edits meet in one field. */
function overlaps(a: readonly PathStep[], b: readonly PathStep[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (!valuesEqual(a[i], b[i])) return false;
  return true;
}

function sameEdit(a: FieldEdit, b: FieldEdit): boolean {
  return a.kind === b.kind && a.path.length === b.path.length && valuesEqual(a.after, b.after);
}
