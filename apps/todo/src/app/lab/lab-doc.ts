import type { Doc, DocMap } from '@atomsync/atom';

/** The group that everyone in the lab shares: one counter, and a list. */
export const LAB_GROUP = 'lab';
export const COUNTER = 'counter';

export interface LabCounter {
  readonly count: number;
}

export interface LabTodo {
  readonly text: string;
  readonly done: boolean;
}

export type LabDoc = LabCounter | LabTodo;

export interface LabEntry {
  readonly key: string;
  readonly todo: LabTodo;
}

const SEEDS: readonly (readonly [string, LabDoc])[] = [
  [COUNTER, { count: 0 }],
  ['todo:0001', { text: 'Buy milk', done: false }],
  ['todo:0002', { text: 'Book the train', done: false }],
];

export function isTodo(doc: Doc<LabDoc> | undefined): doc is LabTodo {
  return doc !== undefined && 'text' in doc;
}

export function countOf(docs: DocMap<LabDoc>): number {
  const doc = docs.get(COUNTER);
  return doc !== undefined && 'count' in doc ? doc.count : 0;
}

export function todosOf(docs: DocMap<LabDoc>): readonly LabEntry[] {
  return Array.from(docs, ([key, doc]) => ({ key, todo: doc })).filter((entry): entry is LabEntry =>
    isTodo(entry.todo),
  );
}

/** A swap: what the lab begins with, unless somebody has begun already. */
export function begin(docs: DocMap<LabDoc>): DocMap<LabDoc> {
  return docs.has(COUNTER) ? docs : seeded(docs);
}

/** A swap: the lab as it began. */
export function startOver(docs: DocMap<LabDoc>): DocMap<LabDoc> {
  return seeded(docs.filter(() => false));
}

function seeded(docs: DocMap<LabDoc>): DocMap<LabDoc> {
  return SEEDS.reduce((all, [key, doc]) => all.with(key, doc), docs);
}
