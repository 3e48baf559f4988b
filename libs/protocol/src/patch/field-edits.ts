import { MemberIndex } from '../values/member-index';
import { diff } from './diff';
import type { Patch } from './patch';
import type { PathStep } from './path';

/**
 * One field that differs between two values. Objects and Maps are entered key by key where both sides have
 * them, Sets member by member; arrays, scalars and mixed kinds are one field.
 *
 * `set`: the field has the value `after`; `before` is absent where the key is new. `delete`: the key is gone.
 * `add-member`, `remove-member`: the last step of the path is the member.
 */
export interface FieldEdit {
  readonly path: readonly PathStep[];
  readonly kind: 'set' | 'delete' | 'add-member' | 'remove-member';
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * The fields in which `after` differs from `before`; none when they are equal. No path is the beginning of
 * another, and `applyFieldEdits(fieldEdits(a, b), a)` equals `b`.
 *
 * @example fieldEdits({ a: 1, b: 2 }, { a: 1, b: 3 })
 * // [{ path: [{ in: 'object', key: 'b' }], kind: 'set', before: 2, after: 3 }]
 */
export function fieldEdits(before: unknown, after: unknown): FieldEdit[] {
  const edits: FieldEdit[] = [];
  const patch = diff(before, after);
  if (patch) collect(patch, before, after, [], edits);
  return edits;
}

function collect(
  patch: Patch,
  before: unknown,
  after: unknown,
  path: readonly PathStep[],
  edits: FieldEdit[],
): void {
  switch (patch.kind) {
    case 'replace':
    case 'array':
      edits.push({ path, kind: 'set', before, after });
      break;
    case 'object':
      for (const [key, change] of patch.changes) {
        const one = before as Readonly<Record<string, unknown>>;
        const two = after as Readonly<Record<string, unknown>>;
        const step: PathStep = { in: 'object', key };
        collectKey(change, Object.hasOwn(one, key), one[key], two[key], [...path, step], edits);
      }
      break;
    case 'map': {
      const one = before as ReadonlyMap<unknown, unknown>;
      const two = after as ReadonlyMap<unknown, unknown>;
      const keys = new MemberIndex(one.keys());
      for (const [key, change] of patch.changes) {
        const same = keys.find(key);
        const step: PathStep = { in: 'map', key };
        collectKey(change, same !== undefined, one.get(same?.member), two.get(key), [...path, step], edits);
      }
      break;
    }
    case 'set':
      for (const member of patch.remove)
        edits.push({ path: [...path, { in: 'set', member }], kind: 'remove-member' });
      for (const member of patch.add)
        edits.push({ path: [...path, { in: 'set', member }], kind: 'add-member' });
  }
}

function collectKey(
  change: Patch | null,
  present: boolean,
  before: unknown,
  after: unknown,
  path: readonly PathStep[],
  edits: FieldEdit[],
): void {
  if (change === null) edits.push({ path, kind: 'delete', before });
  else if (!present) edits.push({ path, kind: 'set', after });
  else collect(change, before, after, path, edits);
}
