import { kindOf } from '../values/kind';
import { contentKey, MemberIndex } from '../values/member-index';
import type { FieldEdit } from './field-edits';
import { mismatch } from './mismatch';
import { copyObject, setOwn } from './own';
import { stepKey } from './path';

/**
 * The value with the edits made, in their order; `value` itself is never changed, and what no edit touches
 * stays the same object. To delete what is gone, and to add a member that is there, changes nothing. Throws
 * PATCH_MISMATCH where the way to a field does not lead through a value of the step's kind.
 */
export function applyFieldEdits(edits: readonly FieldEdit[], value: unknown): unknown {
  return edit(edits, 0, value);
}

/** All `edits` share their path up to `depth`. */
function edit(edits: readonly FieldEdit[], depth: number, value: unknown): unknown {
  const whole = edits.findLastIndex(({ path }) => path.length === depth);
  const inner = edits.slice(whole + 1);
  const start = whole < 0 ? value : edits[whole]!.after;
  if (inner.length === 0) return start;
  const kind = kindOf(start);
  const astray = inner.find(({ path }) => path[depth]!.in !== kind);
  if (astray)
    throw mismatch(`a field of a value of kind '${astray.path[depth]!.in}' meets one of kind '${kind}'`);
  if (kind === 'set') return editSet(inner, start as ReadonlySet<unknown>);
  const fields = grouped(inner, depth);
  return kind === 'object'
    ? editObject(fields, depth, start as Readonly<Record<string, unknown>>)
    : editMap(fields, depth, start as ReadonlyMap<unknown, unknown>);
}

function grouped(edits: readonly FieldEdit[], depth: number): Iterable<readonly FieldEdit[]> {
  const groups = new Map<string, FieldEdit[]>();
  for (const one of edits) {
    const key = stepKey(one.path[depth]!);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups.values();
}

/** The edits of one key that count: a last deletion undoes all before it, and tells whether the key is there. */
function afterDeletion(
  field: readonly FieldEdit[],
  depth: number,
  present: boolean,
): [readonly FieldEdit[], boolean] {
  const gone = field.findLastIndex(({ path, kind }) => path.length === depth + 1 && kind === 'delete');
  const rest = field.slice(gone + 1);
  const there = gone < 0 && present;
  if (rest.length > 0 && !there && rest[0]!.path.length > depth + 1)
    throw mismatch('the way to a field is gone');
  return [rest, there];
}

function editObject(
  fields: Iterable<readonly FieldEdit[]>,
  depth: number,
  before: Readonly<Record<string, unknown>>,
): unknown {
  const after = copyObject(before);
  for (const field of fields) {
    const { key } = field[0]!.path[depth] as { readonly key: string };
    const [rest, there] = afterDeletion(field, depth, Object.hasOwn(before, key));
    if (rest.length === 0) delete after[key];
    else setOwn(after, key, edit(rest, depth + 1, there ? before[key] : undefined));
  }
  return after;
}

function editMap(
  fields: Iterable<readonly FieldEdit[]>,
  depth: number,
  before: ReadonlyMap<unknown, unknown>,
): unknown {
  const after = new Map(before);
  const keys = new MemberIndex(before.keys());
  for (const field of fields) {
    const { key } = field[0]!.path[depth] as { readonly key: unknown };
    const same = keys.find(key);
    const own = same ? same.member : key;
    const [rest, there] = afterDeletion(field, depth, same !== undefined);
    if (rest.length === 0) after.delete(own);
    else after.set(own, edit(rest, depth + 1, there ? before.get(own) : undefined));
  }
  return after;
}

function editSet(edits: readonly FieldEdit[], before: ReadonlySet<unknown>): unknown {
  const members = new Map([...before].map((member) => [contentKey(member), member]));
  for (const { path, kind } of edits) {
    const step = path.at(-1)!;
    if (step.in !== 'set') throw mismatch('a path leads on behind a member of a Set');
    const content = contentKey(step.member);
    if (kind === 'remove-member') members.delete(content);
    else if (!members.has(content)) members.set(content, step.member);
  }
  return new Set(members.values());
}
