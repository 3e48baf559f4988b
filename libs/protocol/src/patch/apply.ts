import { kindOf } from '../values/kind';
import { MemberIndex } from '../values/member-index';
import { mismatch } from './mismatch';
import { copyObject, setOwn } from './own';
import type { ArrayPatch, MapPatch, ObjectPatch, Patch, SetPatch } from './patch';

/**
 * The patched value. Never changes `value`; parts the patch does not touch stay the same objects. Throws
 * PATCH_MISMATCH when a step finds another kind of value, no value to change, or another array length. To take
 * away what is not there, and to add a member that is, changes nothing.
 */
export function applyPatch(patch: Patch, value: unknown): unknown {
  if (patch.kind === 'replace') return patch.value;
  const kind = kindOf(value);
  if (kind !== patch.kind) throw mismatch(`a patch of kind '${patch.kind}' meets a value of kind '${kind}'`);
  switch (patch.kind) {
    case 'object':
      return applyToObject(patch, value as Readonly<Record<string, unknown>>);
    case 'map':
      return applyToMap(patch, value as ReadonlyMap<unknown, unknown>);
    case 'set':
      return applyToSet(patch, value as ReadonlySet<unknown>);
    case 'array':
      return applyToArray(patch, value as readonly unknown[]);
  }
}

function applyToObject(patch: ObjectPatch, before: Readonly<Record<string, unknown>>): unknown {
  const after = copyObject(before);
  for (const [key, change] of patch.changes) {
    if (change === null) delete after[key];
    else if (change.kind === 'replace') setOwn(after, key, change.value);
    else if (!Object.hasOwn(after, key)) throw mismatch(`there is no key ${JSON.stringify(key)}`);
    else setOwn(after, key, applyPatch(change, after[key]));
  }
  return after;
}

function applyToMap(patch: MapPatch, before: ReadonlyMap<unknown, unknown>): unknown {
  const after = new Map(before);
  const keys = new MemberIndex(before.keys());
  for (const [key, change] of patch.changes) {
    const same = keys.find(key);
    if (change === null) {
      if (same) after.delete(same.member);
    } else if (change.kind === 'replace') after.set(same ? same.member : key, change.value);
    else if (!same) throw mismatch('there is no such key in the Map');
    else after.set(same.member, applyPatch(change, before.get(same.member)));
  }
  return after;
}

function applyToSet(patch: SetPatch, before: ReadonlySet<unknown>): unknown {
  const after = new Set(before);
  const members = new MemberIndex(before);
  for (const member of patch.remove) {
    const same = members.find(member);
    if (same) after.delete(same.member);
  }
  const left = new MemberIndex(after);
  for (const member of patch.add) if (!left.find(member)) after.add(member);
  return after;
}

function applyToArray(patch: ArrayPatch, before: readonly unknown[]): unknown {
  const after: unknown[] = [];
  let at = 0;
  for (const step of patch.steps) {
    if (typeof step === 'object' && step.kind === 'insert') {
      for (const item of step.items) after.push(item);
      continue;
    }
    const taken = typeof step === 'number' ? Math.abs(step) : 1;
    if (at + taken > before.length)
      throw mismatch(`the array has ${before.length} items, fewer than the patch passes`);
    if (typeof step === 'object') after.push(applyPatch(step, before[at]));
    else if (step > 0) for (let i = at; i < at + step; i++) after.push(before[i]);
    at += taken;
  }
  if (at !== before.length)
    throw mismatch(`the array has ${before.length} items where the patch passes ${at}`);
  return after;
}
