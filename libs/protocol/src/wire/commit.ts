import { malformed, type Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import type { Commit } from '../messages/parts';
import { readChanges, writeChanges } from './change';
import { Positions } from './fields';
import { earlier, running } from './running';

/** The lines of the commits, in the order in which they first appear. */
export function authorsOf(commits: readonly Commit[]): string[] {
  return [...new Set(commits.map((commit) => commit.clientId))];
}

/**
 * `[changes, at, author, number, version, madeOn]`: `at` as the difference to the commit before (the first to the
 * message's `time`), `author` an index into the table (0 when absent), `number` as the difference to that
 * author's commit before (the first to 0; 1 when absent), `version` as the difference to the commit before (the
 * first to `from`; 1 when absent), `madeOn` as how far it lies below `version`.
 */
export function writeCommits(
  out: Writer,
  commits: readonly Commit[],
  authors: readonly string[],
  from: number,
  time: number,
): void {
  const indexes = new Map(authors.map((author, index) => [author, index]));
  const numbers = authors.map(() => 0);
  out.head(4, commits.length);
  for (const commit of commits) {
    const author = indexes.get(commit.clientId)!;
    const number = commit.number - numbers[author]!;
    const version = commit.version - from;
    const { madeOn } = commit;
    const positions = madeOn !== undefined ? 6 : version !== 1 ? 5 : number !== 1 ? 4 : author !== 0 ? 3 : 2;
    out.head(4, positions);
    writeChanges(out, commit.changes);
    out.int(commit.at - time);
    if (positions > 2) out.int(author);
    if (positions > 3) out.int(number);
    if (positions > 4) out.int(version);
    if (madeOn !== undefined) out.int(commit.version - madeOn);
    numbers[author] = commit.number;
    from = commit.version;
    time = commit.at;
  }
}

export function readCommits(from: Reader, authors: readonly string[], version: number, at: number): Commit[] {
  const count = from.array('the commits');
  const numbers = authors.map(() => 0);
  const commits: Commit[] = [];
  for (let i = 0; i < count; i++) {
    const positions = new Positions(from, 2, 'a commit');
    positions.need();
    const changes = readChanges(from);
    positions.need();
    at = running(at, from.int('the time of a commit'), 'time');
    const author = positions.next() ? from.uint('the author of a commit') : 0;
    const clientId = authors[author];
    if (clientId === undefined) throw malformed(`the author ${author} of a commit, of ${authors.length}`);
    const number = running(
      numbers[author]!,
      positions.next() ? from.int('the number of a commit') : 1,
      'number',
    );
    version = running(version, positions.next() ? from.int('the version of a commit') : 1, 'version');
    const madeOn = positions.next() ? earlier(version, from) : undefined;
    positions.end();
    numbers[author] = number;
    commits.push({ version, clientId, number, at, changes, ...(madeOn !== undefined && { madeOn }) });
  }
  return commits;
}
