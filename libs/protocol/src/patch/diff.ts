import { MemberIndex } from '../values/member-index';
import { kindOf } from '../values/kind';
import { valuesEqual } from '../values/equal';
import type { ArrayStep, Patch } from './patch';

/**
 * The patch that makes `after` of `before`, or undefined when they are equal (see `valuesEqual`: the order of
 * keys and members is no difference). Parts that are the very same object are not looked into.
 *
 * @example applyPatch(diff(a, b)!, a) // equals b
 */
export function diff(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined;
  const kind = kindOf(before);
  if (kind === kindOf(after)) {
    switch (kind) {
      case 'object':
        return diffObjects(
          before as Readonly<Record<string, unknown>>,
          after as Readonly<Record<string, unknown>>,
        );
      case 'map':
        return diffMaps(before as ReadonlyMap<unknown, unknown>, after as ReadonlyMap<unknown, unknown>);
      case 'set':
        return diffSets(before as ReadonlySet<unknown>, after as ReadonlySet<unknown>);
      case 'array':
        return diffArrays(before as readonly unknown[], after as readonly unknown[]);
      default:
        if (valuesEqual(before, after)) return undefined;
    }
  }
  return { kind: 'replace', value: after };
}

function diffObjects(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Patch | undefined {
  const changes: [string, Patch | null][] = [];
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push([key, null]);
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) changes.push([key, { kind: 'replace', value: after[key] }]);
    else {
      const patch = diff(before[key], after[key]);
      if (patch) changes.push([key, patch]);
    }
  }
  return changes.length === 0 ? undefined : { kind: 'object', changes };
}

function diffMaps(
  before: ReadonlyMap<unknown, unknown>,
  after: ReadonlyMap<unknown, unknown>,
): Patch | undefined {
  const old = new MemberIndex(before.keys());
  const young = new MemberIndex(after.keys());
  const changes: [unknown, Patch | null][] = [];
  for (const key of before.keys()) if (!young.find(key)) changes.push([key, null]);
  for (const [key, value] of after) {
    const same = old.find(key);
    const patch: Patch | undefined = same ? diff(before.get(same.member), value) : { kind: 'replace', value };
    if (patch) changes.push([key, patch]);
  }
  return changes.length === 0 ? undefined : { kind: 'map', changes };
}

function diffSets(before: ReadonlySet<unknown>, after: ReadonlySet<unknown>): Patch | undefined {
  const old = new MemberIndex(before);
  const young = new MemberIndex(after);
  const remove = [...before].filter((member) => !young.find(member));
  const add = [...after].filter((member) => !old.find(member));
  return remove.length + add.length === 0 ? undefined : { kind: 'set', remove, add };
}

/** Equal ends stay; between them items are changed in place as far as both sides have some. */
function diffArrays(before: readonly unknown[], after: readonly unknown[]): Patch | undefined {
  const shorter = Math.min(before.length, after.length);
  let front = 0;
  while (front < shorter && valuesEqual(before[front], after[front])) front++;
  if (front === before.length && front === after.length) return undefined;
  let back = 0;
  while (
    back < shorter - front &&
    valuesEqual(before[before.length - 1 - back], after[after.length - 1 - back])
  )
    back++;
  const steps: ArrayStep[] = [];
  if (front > 0) steps.push(front);
  const common = shorter - front - back;
  for (let i = front; i < front + common; i++) {
    const patch = diff(before[i], after[i]);
    if (patch) steps.push(patch);
    else pushKeep(steps, 1);
  }
  const gone = before.length - back - front - common;
  if (gone > 0) steps.push(-gone);
  if (after.length - back > front + common) {
    steps.push({ kind: 'insert', items: after.slice(front + common, after.length - back) });
  }
  if (back > 0) pushKeep(steps, back);
  return { kind: 'array', steps };
}

function pushKeep(steps: ArrayStep[], count: number): void {
  const last = steps.at(-1);
  if (typeof last === 'number' && last > 0) steps[steps.length - 1] = last + count;
  else steps.push(count);
}
