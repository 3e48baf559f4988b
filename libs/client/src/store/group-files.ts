import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeBatch } from './batch-bytes';
import { readAll } from './durable-files';
import { scanFrames, startSize, type FileHeader, type Scan } from './frames';
import { GroupContents } from './group-contents';

/*
 *   <name>.snapshot         docs, cursor and records up to a generation; absent at first
 *   <name>.<n>.journal      what came after: generations from the snapshot's on, in order
 *   <name>.snapshot.new     a snapshot that is being written; means nothing until it is renamed
 *
 *   name: 'g-' (Windows keeps some short names for itself), what is harmless of the group's name, for people, and a hash of all of it, for certainty.
 */
const ours = /^(?<name>[a-z0-9-]*\.[0-9a-f]{32})\.(?:(?<generation>\d{1,10})\.journal|snapshot(?:\.new)?)$/;

/** The name that the files of `group` begin with: safe on every file system, whatever the group is called. */
export const fileNameOf = (group: string): string => {
  const readable = group
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  // UTF-16, because UTF-8 has no place for lone surrogates and would call different groups the same.
  const hash = createHash('sha256').update(Buffer.from(group, 'utf16le')).digest('hex').slice(0, 32);
  return `g-${readable}.${hash}`;
};

/** The files of one group. */
export class GroupFiles {
  readonly #name: string;

  constructor(
    readonly directory: string,
    readonly group: string,
  ) {
    this.#name = fileNameOf(group);
  }

  get snapshot(): string {
    return join(this.directory, `${this.#name}.snapshot`);
  }

  get newSnapshot(): string {
    return `${this.snapshot}.new`;
  }

  journal(generation: number): string {
    return join(this.directory, `${this.#name}.${generation}.journal`);
  }

  /** The generations of the journals that are there, in order. */
  async generations(): Promise<number[]> {
    const files = (await readdir(this.directory)).map((file) => ours.exec(file)?.groups);
    return files
      .filter((parts) => parts?.['name'] === this.#name && parts['generation'] !== undefined)
      .map((parts) => Number(parts?.['generation']))
      .sort((a, b) => a - b);
  }
}

/** What the files of a group amount to. */
export interface GroupReading {
  readonly contents: GroupContents;
  /** Whether anything was ever appended. */
  readonly exists: boolean;
  readonly snapshotSize: number;
  /** Bytes in journals. */
  readonly journalSize: number;
  /** The last journal that counts; absent when there is none. */
  readonly last: (FileHeader & { readonly seed: number; readonly end: number }) | undefined;
  /** The generation that the next journal may have. */
  readonly nextGeneration: number;
  /** Journals that do not count: older than the snapshot, without a header, or behind a damaged one. */
  readonly leftovers: readonly number[];
  /** Set when the snapshot was not whole: docs and cursor are gone, and the records that could be read are kept. */
  readonly damaged: boolean;
}

/** Reads a group; changes nothing. */
export const readGroup = async (files: GroupFiles): Promise<GroupReading> => {
  const contents = new GroupContents();
  const snapshotBytes = await readAll(files.snapshot);
  const snapshot = snapshotBytes && scanFrames(snapshotBytes);
  const whole = applyAll(contents, snapshot);
  const damaged = snapshotBytes !== undefined && !whole;
  if (damaged) contents.distrustDocs();

  const from = snapshot?.generation ?? 0;
  const generations = await files.generations();
  const leftovers: number[] = generations.filter((generation) => generation < from);
  let last: Scan | undefined;
  let journalSize = 0;
  let batches = 0;
  let broken = false;
  for (const generation of generations.filter((each) => each >= from)) {
    const bytes = (await readAll(files.journal(generation))) ?? Buffer.alloc(0);
    const scan: Scan | undefined = broken ? undefined : scanFrames(bytes);
    if (!scan) {
      broken = true;
      leftovers.push(generation);
      continue;
    }
    applyAll(contents, scan);
    journalSize += scan.end;
    batches += scan.payloads.length;
    broken = scan.end < bytes.length;
    last = scan;
  }
  return {
    contents,
    exists: snapshotBytes !== undefined || batches > 0,
    snapshotSize: snapshotBytes?.length ?? 0,
    journalSize,
    last,
    nextGeneration: Math.max(from, ...generations.map((generation) => generation + 1)),
    leftovers,
    damaged,
  };
};

/** Whether the last batch is the end of a snapshot. */
const applyAll = (contents: GroupContents, scan: Scan | undefined): boolean => {
  let ended = false;
  for (const payload of scan?.payloads ?? []) {
    const batch = decodeBatch(payload);
    contents.apply(batch);
    ended = batch.end;
  }
  return ended;
};

/** The groups that have files in `directory`. */
export const groupsIn = async (directory: string): Promise<string[]> => {
  const groups = new Set<string>();
  for (const file of await readdir(directory)) {
    if (!ours.test(file) || file.endsWith('.new')) continue;
    const path = join(directory, file);
    const start = await readAll(path, 12);
    if (start?.length !== 12) continue;
    const header = scanFrames((await readAll(path, startSize(start))) ?? start);
    if (header) groups.add(header.group);
  }
  return [...groups];
};

/** Removes the files of all groups. */
export const removeGroups = async (directory: string): Promise<void> => {
  for (const file of await readdir(directory)) {
    if (ours.test(file)) await rm(join(directory, file), { force: true });
  }
};
