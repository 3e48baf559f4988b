import { DocMap, type Doc } from '@atomsync/atom';
import { encodeBody, valuesEqual, type Body, type Change } from '@atomsync/protocol';
import type { Step } from './apply';
import type { OtherVersions, ReadKey } from './other-versions';
import type { Edit, PendingMutation } from './pending';
import { readChange, type ReadDoc } from './read-change';
import type { StepBatch } from './step-batch';

/** A base after a step, and what it takes to rebase on it. */
export interface MovedBase<D> {
  readonly base: DocMap<D>;
  /** Keys whose doc is not what own mutations made of it, with the time of the other's write. */
  readonly dirty: Map<string, number>;
  /** The step's docs as they were read. */
  readonly reads: readonly ReadKey<D>[];
  /** What the commit of `own` made of its docs. */
  readonly committed: ReadonlyMap<string, Edit<D>> | undefined;
}

/**
 * Puts a step's docs into base, and into `batch`. A doc that is what own mutations made of it keeps its
 * identity, and is not decoded where it came back as it was sent.
 *
 * @param left the own mutations that leave pending with this step
 * @param own the own mutation whose commit this step is
 * @param others what is stored in another schema version, before the step
 */
export function moveBase<D>(
  old: DocMap<D>,
  step: Step,
  left: readonly PendingMutation<D>[],
  own: PendingMutation<D> | undefined,
  others: OtherVersions<D>,
  batch: StepBatch,
): MovedBase<D> {
  const predicted = new Map<string, Doc<D> | undefined>();
  for (const { edits } of left) for (const [key, { after }] of edits) predicted.set(key, after);

  if (step.full) batch.replace();
  const changes: { readonly key: string; readonly after: Doc<D> | undefined }[] = [];
  const dirty = new Map<string, number>();
  const reads: ReadKey<D>[] = [];
  for (const { change, at } of step.docs) {
    const { key } = change;
    const expected = predicted.has(key) ? predicted.get(key) : old.get(key);
    const read = readDoc(change, old, own, expected, others);
    const { after } = read;
    changes.push({ key, after });
    reads.push([key, read]);
    store(key, read, batch);
    // A page may show a doc again that moved on while the pages were read: the last word counts.
    if (after === expected && others.isKept(key, read)) dirty.delete(key);
    else dirty.set(key, at);
  }
  const base = (step.full ? DocMap.empty<D>() : old).withChanges(changes);
  // What own mutations predicted and the step does not bear out; and what a full one does not have any more.
  for (const [key, after] of predicted) {
    if (!dirty.has(key) && base.get(key) !== after) dirty.set(key, -Infinity);
  }
  if (step.full)
    for (const key of old.keys()) if (!base.has(key) && !predicted.has(key)) dirty.set(key, -Infinity);
  const committed = own && (dirty.size === 0 ? own.edits : editsIn(step, old, base));
  return { base, dirty, reads, committed };
}

function editsIn<D>(step: Step, old: DocMap<D>, base: DocMap<D>): Map<string, Edit<D>> {
  const keys = step.docs.map(({ change }) => change.key);
  return new Map(keys.map((key) => [key, { before: old.get(key), after: base.get(key) }]));
}

function store<D>(key: string, { after, stored }: ReadDoc<D>, batch: StepBatch): void {
  if (stored === undefined) batch.removeDoc(key);
  else batch.putDoc({ key, schemaVersion: stored.schemaVersion, body: stored.body ?? encodeBody(after) });
}

function readDoc<D>(
  change: Change,
  old: DocMap<D>,
  own: PendingMutation<D> | undefined,
  expected: Doc<D> | undefined,
  others: OtherVersions<D>,
): ReadDoc<D> {
  // One in doubt is out of value: nothing here is what it made of the doc.
  const sent = own?.edits.has(change.key) ? own.changes.find(({ key }) => key === change.key) : undefined;
  if (sent && change.kind !== 'delete' && expected !== undefined && sameChange(sent, change)) {
    const { schemaVersion } = change;
    return { after: expected, stored: change.kind === 'put' ? change : { schemaVersion } };
  }
  const read = readChange(change, old.get(change.key), others.older(change.key), others.migrations);
  return expected !== undefined && valuesEqual(read.after, expected) ? { ...read, after: expected } : read;
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
