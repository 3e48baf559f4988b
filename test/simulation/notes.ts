import type { Conflict } from '@atomsync/client';
import { decodeBody, type Commit } from '@atomsync/protocol';
import type { SyncedAtom } from '@atomsync/client';
import type { Docs, Note, Value } from './operations';

interface Place {
  readonly key: string;
  readonly field: string;
}

interface Written {
  readonly author: string;
  readonly mark: string;
  /** The note as its author saw it. */
  readonly before: Note;
}

/**
 * Notes are written as plain data: two writes of one field meet, and one of them loses. Each write leaves a mark of
 * its own in one field, so that it can be told in the end what became of it, and whether its author was told.
 */
export class Notes {
  readonly #written = new Map<string, Written>();
  readonly #told = new Map<string, number>();

  /** Writes one field of a note. */
  write(author: string, mark: string, place: Place, atom: SyncedAtom<Value>): void {
    const { key, field } = place;
    const before = noteAt(atom.value, key);
    atom.put(key, { ...before, [field]: mark });
    const made = [...atom.group.replica.pending].at(-1)!;
    this.#written.set(`${made.clientId} ${made.number}`, { author, mark, before });
  }

  /** Takes a report of a client's. */
  hear(author: string, { mine, kept }: Conflict): void {
    if (kept !== 'theirs') return;
    const marks = typeof mine === 'string' ? [mine] : Object.values((mine ?? {}) as Note);
    for (const mark of marks) {
      const told = `${author} ${mark}`;
      this.#told.set(told, (this.#told.get(told) ?? 0) + 1);
    }
  }

  wrote({ clientId, number }: Commit): boolean {
    return this.#written.has(`${clientId} ${number}`);
  }

  /** What a commit made of the docs. */
  apply({ changes }: Commit, docs: Docs): Docs {
    return docs.withChanges(
      changes.map((change) => {
        if (change.kind !== 'put') throw new Error(`a ${change.kind} of the note ${change.key}`);
        return { key: change.key, after: decodeBody(change.body) as Note };
      }),
    );
  }

  /**
   * What does not hold: a write that was lost, one that was covered unseen and its author not told, or one
   * that its author was told of without need, or twice in one life.
   */
  fault(
    commits: readonly Commit[],
    { mayBeLost, died }: { readonly mayBeLost: ReadonlySet<string>; readonly died: ReadonlySet<string> },
  ): string | undefined {
    const authors = new Map([...this.#written.values()].map(({ author, mark }) => [mark, author]));
    const replaced = new Set<string>();
    const notes = new Map<string, Note>();
    const committed = new Set<string>();
    for (const commit of commits) {
      const id = `${commit.clientId} ${commit.number}`;
      committed.add(id);
      const written = this.#written.get(id);
      if (written === undefined) continue;
      for (const change of commit.changes) {
        const before = notes.get(change.key) ?? {};
        const after = change.kind === 'put' ? (decodeBody(change.body) as Note) : {};
        notes.set(change.key, after);
        for (const [field, mark] of Object.entries(before)) {
          const told = `${authors.get(mark)} ${mark}`;
          if (after[field] === mark || authors.get(mark) === written.author) continue;
          replaced.add(told);
          if (written.before[field] === mark || this.#told.has(told)) continue;
          return `${told} was covered by ${written.author} ${written.mark} in version ${commit.version}, and not told`;
        }
      }
    }
    for (const [id, { author, mark }] of this.#written)
      if (!committed.has(id) && !mayBeLost.has(mark)) return `lost: ${author} ${mark}`;
    for (const [told, times] of this.#told) {
      if (!replaced.has(told)) return `${told} was told to be covered, and was not`;
      if (times > 1 && !died.has(told.split(' ')[0]!)) return `${told} was told to be covered ${times} times`;
    }
    return undefined;
  }
}

const noteAt = (docs: Docs, key: string): Note => (docs.get(key) as Note | undefined) ?? {};
