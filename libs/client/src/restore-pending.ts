import type { DocMap } from '@atomsync/atom';
import { valuesEqual, type Change, type Version } from '@atomsync/protocol';
import { encodeEdits, type Form } from './encode-edits';
import type { OtherVersions } from './other-versions';
import type { Edit, NamedCall, PendingMutation } from './pending';
import { readEdits } from './read-change';
import { emptied, runTracked, withEdits, type Refusal } from './rebase';
import type { AcceptedRecord, PendingRecord } from './records';

/** What restoring needs of a replica's rules. */
export interface RestoreRules<D> {
  readonly revive: (call: NamedCall) => ((docs: DocMap<D>) => DocMap<D>) | undefined;
  readonly encode: (edits: ReadonlyMap<string, Edit<D>>) => readonly Change[];
}

export interface RestoredPending<D> {
  readonly mutations: readonly PendingMutation<D>[];
  /** Those of them that are not what the store holds. */
  readonly migrated: readonly PendingMutation<D>[];
  readonly refused: readonly Refusal<D>[];
  /** Base with all of them applied. */
  readonly docs: DocMap<D>;
}

/**
 * Takes up the pending mutations of an earlier life. One that was made in an older schema version is applied to
 * the docs in their old shape, and what comes out is migrated: it goes out as puts of this program's version.
 * A named swap stays one where it does to the migrated docs what it did to the old ones; elsewhere (its arguments may
 * hold docs of the old shape, its path may lead nowhere any more) its outcome stands in, as data.
 */
export function restorePending<D>(
  records: readonly PendingRecord[],
  base: DocMap<D>,
  others: OtherVersions<D>,
  rules: RestoreRules<D>,
): RestoredPending<D> {
  const { migrations } = others;
  const older = others.allOlder();
  const mutations: PendingMutation<D>[] = [];
  const migrated: PendingMutation<D>[] = [];
  const refused: Refusal<D>[] = [];
  let docs = base;
  for (const record of records) {
    const { edits, fault } = readEdits(record.changes, docs, older, migrations);
    const run = record.call && rules.revive(record.call);
    let mutation: PendingMutation<D> = { ...record, edits, run };
    if (fault) {
      refused.push({ mutation, code: fault.code, message: fault.message });
      mutation = emptied(mutation);
    } else if (isOlder(record, migrations.version)) {
      mutation = { ...mutation, changes: rules.encode(edits) };
      if (!run || !doesTheSame(run, docs, edits)) mutation = asData(mutation);
    }
    if (mutation.changes !== record.changes) migrated.push(mutation);
    docs = withEdits(docs, mutation.edits);
    mutations.push(mutation);
  }
  return { mutations, migrated, refused, docs };
}

/** What the server had accepted. */
export interface RestoredAccepted<D> {
  readonly mutation: PendingMutation<D>;
  readonly version: Version;
  /** What takes its changes back, where they are still those that it was accepted with. */
  readonly undo: readonly Change[] | undefined;
}

/** Takes up what the server had accepted; its edits follow from its changes, which hold whole docs. */
export function restoreAccepted<D>(
  records: readonly AcceptedRecord[],
  base: DocMap<D>,
  { migrations }: OtherVersions<D>,
  rules: Pick<RestoreRules<D>, 'revive'>,
): RestoredAccepted<D>[] {
  return records.flatMap(({ undo, version, ...record }) => {
    const mutation = {
      ...record,
      edits: new Map<string, Edit<D>>(),
      run: record.call && rules.revive(record.call),
    };
    if (!isOlder(record, migrations.version)) return { mutation, version, undo };
    const { edits, fault } = readEdits(record.changes, base, new Map(), migrations);
    const form = (): Form => ({ schemaVersion: migrations.version, whole: true });
    const migrated = asData({ ...mutation, changes: encodeEdits(edits, { form }) });
    return fault ? [] : { mutation: migrated, version, undo: undefined };
  });
}

function isOlder({ changes }: PendingRecord, version: number): boolean {
  return changes.some((change) => change.kind !== 'delete' && change.schemaVersion < version);
}

function asData<D>(mutation: PendingMutation<D>): PendingMutation<D> {
  return { ...mutation, run: undefined, call: undefined, scope: undefined };
}

function doesTheSame<D>(
  run: (docs: DocMap<D>) => DocMap<D>,
  docs: DocMap<D>,
  expected: ReadonlyMap<string, Edit<D>>,
): boolean {
  try {
    const { docs: after, edits } = runTracked(run, docs);
    return (
      [...edits.keys()].every((key) => expected.has(key)) &&
      [...expected].every(([key, edit]) => valuesEqual(after.get(key), edit.after))
    );
  } catch {
    return false;
  }
}
