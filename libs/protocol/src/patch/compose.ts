import { MemberIndex } from '../values/member-index';
import { applyPatch } from './apply';
import { composeArrays } from './compose-arrays';
import { mismatch } from './mismatch';
import type { MapPatch, ObjectPatch, Patch, SetPatch } from './patch';

/**
 * One patch for two in a row: `applyPatch(composePatch(a, b), x)` equals `applyPatch(b, applyPatch(a, x))`
 * wherever that does not throw. Throws PATCH_MISMATCH when `b` cannot follow `a`.
 */
export function composePatch(a: Patch, b: Patch): Patch {
  if (b.kind === 'replace') return b;
  if (a.kind === 'replace') return { kind: 'replace', value: applyPatch(b, a.value) };
  if (a.kind === 'object' && b.kind === 'object') return composeObjects(a, b);
  if (a.kind === 'map' && b.kind === 'map') return composeMaps(a, b);
  if (a.kind === 'set' && b.kind === 'set') return composeSets(a, b);
  if (a.kind === 'array' && b.kind === 'array')
    return { kind: 'array', steps: composeArrays(a.steps, b.steps, composePatch) };
  throw mismatch(`a patch of kind '${b.kind}' follows one of kind '${a.kind}'`);
}

/** What becomes of one key or member that both touch. */
function composeKey(a: Patch | null, b: Patch | null): Patch | null {
  if (b === null || b.kind === 'replace') return b;
  if (a === null) throw mismatch('the second patch changes a key that the first takes away');
  return composePatch(a, b);
}

function composeObjects(a: ObjectPatch, b: ObjectPatch): ObjectPatch {
  const changes = new Map(a.changes);
  for (const [key, patch] of b.changes) {
    const first = changes.get(key);
    changes.set(key, first === undefined ? patch : composeKey(first, patch));
  }
  return { kind: 'object', changes: [...changes] };
}

function composeMaps(a: MapPatch, b: MapPatch): MapPatch {
  const changes = new Map(a.changes);
  const keys = new MemberIndex(changes.keys());
  for (const [key, patch] of b.changes) {
    const same = keys.find(key);
    if (same) changes.set(same.member, composeKey(changes.get(same.member)!, patch));
    else changes.set(key, patch);
  }
  return { kind: 'map', changes: [...changes] };
}

function composeSets(a: SetPatch, b: SetPatch): SetPatch {
  const removed = new MemberIndex(b.remove);
  const add = a.add.filter((member) => !removed.find(member));
  const known = new MemberIndex(add);
  const gone = new MemberIndex(a.remove);
  return {
    kind: 'set',
    remove: [...a.remove, ...b.remove.filter((member) => !gone.find(member))],
    add: [...add, ...b.add.filter((member) => !known.find(member))],
  };
}
