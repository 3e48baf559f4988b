import { DocMap } from '@atomsync/atom';
import { applyPatch, decodeBody, decodePatch, type Commit } from '@atomsync/protocol';
import type { Notes } from './notes';
import { run, type Docs, type Operation } from './operations';

/** What the commits come to when the operations behind them are run one after the other on plain data. */
export interface Serial {
  readonly docs: Docs;
  /** The marks in the order of their commits. */
  readonly marks: readonly string[];
}

/**
 * Runs every operation once, in the order of the commits that carried them. Each commit says which operation it is of
 * by the mark that it leaves: numbers change where a backup was restored, or another tab takes over.
 *
 * @throws Error when a commit is nobody's, or one operation is found in two
 */
export function serial(
  commits: readonly Commit[],
  operations: ReadonlyMap<string, Operation>,
  notes: Notes,
): Serial {
  let docs: Docs = DocMap.empty();
  const marks: string[] = [];
  const left = new Map<string, ReadonlySet<string>>();
  for (const commit of commits) {
    // A number that was used up for nothing: its mutation was refused where it was made.
    if (commit.changes.length === 0) continue;
    if (notes.wrote(commit)) {
      docs = notes.apply(commit, docs);
      continue;
    }
    const mark = newMark(commit, left);
    const operation = mark === undefined ? undefined : operations.get(mark);
    if (mark === undefined || operation === undefined)
      throw new Error(`Version ${commit.version} is nobody's: ${commit.clientId} ${commit.number}`);
    docs = run(operation, docs);
    marks.push(mark);
  }
  return { docs, marks };
}

function newMark(commit: Commit, left: Map<string, ReadonlySet<string>>): string | undefined {
  for (const change of commit.changes) {
    if (!change.key.startsWith('marks:') || change.kind === 'delete') continue;
    const before = left.get(change.key) ?? new Set<string>();
    const after = (
      change.kind === 'put' ? decodeBody(change.body) : applyPatch(decodePatch(change.patch), before)
    ) as ReadonlySet<string>;
    left.set(change.key, after);
    return [...after].find((mark) => !before.has(mark));
  }
  return undefined;
}
