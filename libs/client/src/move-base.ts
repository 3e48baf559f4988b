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
import type { PendingMutation } from './pending';
import type { LocalDoc } from './store/local-store';

/** A base after a step, and what it takes to store it and to rebase on it. */
export interface MovedBase<D> {
  readonly base: DocMap<D>;
  readonly docs: readonly LocalDoc[];
  readonly removed: readonly string[];
  /** Keys whose doc is not what own mutations made of it, with the time of the other's write. */
  readonly dirty: Map<string, number>;
}

/**
 * Puts a step's docs into base. A doc that is what own mutations made of it keeps its identity, and is not
 * decoded where it came back as it was sent.
 *
 * @param left the own mutations that leave pending with this step
 * @param own the own mutation whose commit this step is
 */
export function moveBase<D>(
  old: DocMap<D>,
  step: Step,
  left: readonly PendingMutation<D>[],
  own: PendingMutation<D> | undefined,
): MovedBase<D> {
  const predicted = new Map<string, Doc<D> | undefined>();
  for (const { edits } of left) for (const [key, { after }] of edits) predicted.set(key, after);
  const expected = (key: string): Doc<D> | undefined =>
    predicted.has(key) ? predicted.get(key) : old.get(key);

  const docs: LocalDoc[] = [];
  const removed: string[] = [];
  const changes: { readonly key: string; readonly after: Doc<D> | undefined }[] = [];
  const times = new Map<string, number>();
  for (const { change, at } of step.docs) {
    const { key } = change;
    times.set(key, at);
    if (change.kind === 'delete') {
      changes.push({ key, after: undefined });
      removed.push(key);
      continue;
    }
    const after = readDoc(change, old, own, expected(key));
    changes.push({ key, after });
    docs.push({
      key,
      schemaVersion: change.schemaVersion,
      body: change.kind === 'put' ? change.body : encodeBody(after),
    });
  }
  const base = (step.full ? DocMap.empty<D>() : old).withChanges(changes);

  const dirty = new Map<string, number>();
  const compare = (key: string): void => {
    if (base.get(key) !== expected(key)) dirty.set(key, times.get(key) ?? -Infinity);
  };
  if (step.full) for (const { key } of base.changesSince(old)) compare(key);
  else for (const { change } of step.docs) compare(change.key);
  for (const key of predicted.keys()) compare(key);
  return { base, docs, removed, dirty };
}

/** What a change makes of its doc. */
export function changedDoc<D>(change: Change, docs: DocMap<D>): Doc<D> | undefined {
  switch (change.kind) {
    case 'delete':
      return undefined;
    case 'put':
      return decodeBody(change.body) as Doc<D>;
    case 'patch':
      return applyPatch(decodePatch(change.patch), docs.get(change.key)) as Doc<D>;
  }
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
