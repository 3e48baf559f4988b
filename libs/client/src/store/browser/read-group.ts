import { decodeBatches } from '../batch-bytes';
import { GroupContents } from '../group-contents';
import type { StoredRecord } from './records-driver';
import { StoredCost } from './stored-cost';
import { decodeManifest, numbersOf, unseal, type GroupKeys, type Manifest } from './stored-records';

/** What the records of a group amount to. */
export interface GroupReading {
  readonly contents: GroupContents;
  /** Whether anything was ever appended. */
  readonly exists: boolean;
  /** Set when records were missing or changed: docs are gone, and the pending records that could be read are kept. */
  readonly damaged: boolean;
  readonly nextGeneration: number;
  readonly nextJournal: number;
  readonly cost: StoredCost;
}

interface Found {
  readonly numbers: readonly number[];
  /** Absent when the record is not what was stored. */
  readonly payload: Uint8Array | undefined;
}

/** Puts together what is stored of a group. `records` are in the order of their keys. */
export const readGroup = (keys: GroupKeys, records: readonly StoredRecord[]): GroupReading => {
  const { manifest, chunks, journal } = sort(keys, records);
  const contents = new GroupContents();

  // Without a manifest the journal has it all, and chunks are what a compaction left that did not come to its
  // end. Where the journal does not begin with its beginning, the manifest was lost: then any chunk may hold
  // pending records.
  const journalHasAll = !manifest && journal[0]?.numbers[0] === 0;
  const counting = chunks.filter(
    ({ numbers }) => !journalHasAll && (!manifest || numbers[0] === manifest.generation),
  );
  const cost = new StoredCost();
  let whole = 0;
  for (const { payload } of counting) {
    if (!payload) continue;
    for (const batch of decodeBatches(payload)) contents.apply(batch);
    cost.base += payload.byteLength;
    whole++;
  }
  let damaged = whole !== (manifest?.chunks ?? 0) || whole !== counting.length;
  if (damaged) contents.distrustDocs();

  let nextJournal = manifest?.journal ?? 0;
  for (const { numbers, payload } of journal) {
    const sequence = numbers[0]!;
    if (sequence !== nextJournal || !payload) {
      damaged = true;
      contents.distrustDocs();
    }
    let replaces = false;
    for (const batch of payload ? decodeBatches(payload) : []) {
      contents.apply(batch);
      replaces ||= batch.replace === true;
    }
    cost.append(payload?.byteLength ?? 0, replaces);
    nextJournal = sequence + 1;
  }
  return {
    contents,
    exists: records.length > 0,
    damaged,
    nextGeneration: Math.max(manifest?.generation ?? 0, ...chunks.map(({ numbers }) => numbers[0]!)) + 1,
    nextJournal,
    cost,
  };
};

const sort = (
  keys: GroupKeys,
  records: readonly StoredRecord[],
): { readonly manifest: Manifest | undefined; readonly chunks: Found[]; readonly journal: Found[] } => {
  const chunks: Found[] = [];
  const journal: Found[] = [];
  let manifest: Manifest | undefined;
  for (const { key, value } of records) {
    const payload = unseal(key, value);
    const name = key.slice(keys.prefix.length);
    if (name === 'm') manifest = payload && decodeManifest(payload);
    else (name.startsWith('c') ? chunks : journal).push({ numbers: numbersOf(name), payload });
  }
  return { manifest, chunks, journal };
};
