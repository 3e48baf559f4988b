import type { Doc } from '@atomsync/atom';
import {
  applyFieldEdits,
  fieldEdits,
  pathKey,
  valuesEqual,
  type FieldEdit,
  type PathStep,
} from '@atomsync/protocol';
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
    // A rule of the app's own says what it wants; the others must not raise the dead.
    if (!gone || settled.conflict.kept !== 'mine' || typeof policy === 'function') {
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
  const rivals = new Rivals(fieldEdits(base, theirs));
  const settledAt = new Set<string>();
  const conflicts: Conflict[] = [];
  const edits: FieldEdit[] = [];
  for (const edit of fieldEdits(base, mine)) {
    const path = rivals.meet(edit);
    if (path === undefined) {
      edits.push(edit);
      continue;
    }
    // Several own fields may lie within one that the others wrote as a whole.
    const at = pathKey(path);
    if (settledAt.has(at)) continue;
    settledAt.add(at);
    const [before, own, other] = [base, mine, theirs].map((doc) => valueAt(doc, path));
    const field = { key, path, base: before, mine: own, theirs: other };
    const { value, conflict } = settle(field, policy, mineIsLater);
    conflicts.push(conflict);
    if (conflict.kept === 'theirs') continue;
    if (conflict.kept === 'mine' && path === edit.path) edits.push(edit);
    else edits.push({ path, kind: value === undefined ? 'delete' : 'set', after: value });
  }
  return { after: applyFieldEdits(edits, theirs) as Doc<D>, conflicts };
}

/** The fields that others wrote. */
class Rivals {
  readonly #edits = new Map<string, FieldEdit>();
  /** Where their paths lead through. */
  readonly #passed = new Set<string>();

  constructor(edits: readonly FieldEdit[]) {
    for (const edit of edits) {
      this.#edits.set(pathKey(edit.path), edit);
      for (let depth = 0; depth < edit.path.length; depth++)
        this.#passed.add(pathKey(edit.path.slice(0, depth)));
    }
  }

  /** Where an own edit meets one of theirs: the field that holds both. `undefined` where none does, or both did the same. */
  meet(mine: FieldEdit): readonly PathStep[] | undefined {
    const { path } = mine;
    if (this.#passed.has(pathKey(path))) return path;
    const same = this.#edits.get(pathKey(path));
    if (same) return sameEdit(mine, same) ? undefined : path;
    for (let depth = 0; depth < path.length; depth++) {
      const outer = path.slice(0, depth);
      if (this.#edits.has(pathKey(outer))) return outer;
    }
    return undefined;
  }
}

/** The part of a doc at a path; `undefined` where it is absent. A member of a Set is `true` where it is there. */
export function valueAt(doc: unknown, path: readonly PathStep[]): unknown {
  let part = doc;
  for (const step of path) part = partAt(part, step);
  return part;
}

function partAt(whole: unknown, step: PathStep): unknown {
  switch (step.in) {
    case 'object':
      return typeof whole === 'object' && whole !== null && Object.hasOwn(whole, step.key)
        ? (whole as Record<string, unknown>)[step.key]
        : undefined;
    case 'set':
      if (whole instanceof Set) for (const member of whole) if (valuesEqual(member, step.member)) return true;
      return undefined;
    case 'map':
      if (whole instanceof Map)
        for (const [key, value] of whole) if (valuesEqual(key, step.key)) return value as unknown;
      return undefined;
  }
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

function sameEdit(a: FieldEdit, b: FieldEdit): boolean {
  return a.kind === b.kind && valuesEqual(a.after, b.after);
}
