import { DocMap, type Doc } from '@atomsync/atom';
import {
  applyPatch,
  decodeBody,
  decodePatch,
  encodeBody,
  valuesEqual,
  type Body,
  type Change,
} from '@atomsync/protocol';
import type { Step } from './apply';
import type { Edit, PendingMutation } from './pending';
import type { StepBatch } from './step-batch';

/** A base after a step, and what it takes to rebase on it. */
export interface MovedBase<D> {
  readonly base: DocMap<D>;
  /** Keys whose doc is not what own mutations made of it, with the time of the other's write. */
  readonly dirty: Map<string, number>;
}

/**
 * Puts a step's docs into base, and into `batch`. A doc that is what own mutations made of it keeps its
 * identity, and is not decoded where it came back as it was sent.
 *
 * @param left the own mutations that leave pending with this step
 * @param own the own mutation whose commit this step is
 */
export function moveBase<D>(
  old: DocMap<D>,
  step: Step,
  left: readonly PendingMutation<D>[],
  own: PendingMutation<D> | undefined,
  batch: StepBatch,
): MovedBase<D> {
  const predicted = new Map<string, Doc<D> | undefined>();
  for (const { edits } of left) for (const [key, { after }] of edits) predicted.set(key, after);

  if (step.full) batch.replace();
  const changes: { readonly key: string; readonly after: Doc<D> | undefined }[] = [];
  const dirty = new Map<string, number>();
  for (const { change, at } of step.docs) {
    const { key } = change;
    const expected = predicted.has(key) ? predicted.get(key) : old.get(key);
    const after = change.kind === 'delete' ? undefined : readDoc(change, old, own, expected);
    changes.push({ key, after });
    store(change, after, batch);
    // A page may show a doc again that moved on while the pages were read: the last word counts.
    if (after === expected) dirty.delete(key);
    else dirty.set(key, at);
  }
  const base = (step.full ? DocMap.empty<D>() : old).withChanges(changes);
  // What own mutations predicted and the step does not bear out; and what a full one does not have any more.
  for (const [key, after] of predicted) {
    if (!dirty.has(key) && base.get(key) !== after) dirty.set(key, -Infinity);
  }
  if (step.full)
    for (const key of old.keys()) if (!base.has(key) && !predicted.has(key)) dirty.set(key, -Infinity);
  return { base, dirty };
}

function store<D>(change: Change, after: Doc<D> | undefined, batch: StepBatch): void {
  const { key } = change;
  if (change.kind === 'delete') {
    batch.removeDoc(key);
  } else {
    const body = change.kind === 'put' ? change.body : encodeBody(after);
    batch.putDoc({ key, schemaVersion: change.schemaVersion, body });
  }
}

/** What a change makes of its doc. */
function changedDoc<D>(change: Change, docs: DocMap<D>): Doc<D> | undefined {
  switch (change.kind) {
    case 'delete':
      return undefined;
    case 'put':
      return decodeBody(change.body) as Doc<D>;
    case 'patch':
      return applyPatch(decodePatch(change.patch), docs.get(change.key)) as Doc<D>;
  }
}

/** What changes do to docs. */
export function editsOf<D>(changes: readonly Change[], docs: DocMap<D>): Map<string, Edit<D>> {
  const edits = new Map<string, Edit<D>>();
  for (const change of changes) {
    edits.set(change.key, { before: docs.get(change.key), after: changedDoc(change, docs) });
  }
  return edits;
}

function readDoc<D>(
  change: Change,
  old: DocMap<D>,
  own: PendingMutation<D> | undefined,
  expected: Doc<D> | undefined,
): Doc<D> | undefined {
  const sent = own?.changes.find(({ key }) => key === change.key);
  if (sent && expected !== undefined && sameChange(sent, change)) return expected;
  const doc = changedDoc(change, old);
  return expected !== undefined && valuesEqual(doc, expected) ? expected : doc;
}

function sameChange(a: Change, b: Change): boolean {
  if (a.kind === 'put' && b.kind === 'put') return sameBytes(a.body, b.body);
  return a.kind === 'patch' && b.kind === 'patch' && sameBytes(a.patch, b.patch);
}

function sameBytes(a: Body, b: Body): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
