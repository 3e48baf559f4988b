import type { Doc, DocMap } from '@atomsync/atom';
import {
  fieldEdits,
  pathKey,
  valuesEqual,
  type Cover,
  type FieldEdit,
  type PathStep,
  type Version,
} from '@atomsync/protocol';
import type { Step } from './apply';
import type { Conflict, ConflictPolicy } from './conflict';
import { valueAt } from './merge';
import type { Confirmed } from './own-lines';
import type { Edit } from './pending';

/** What an own accepted mutation made of one doc. */
export interface OwnWrite<D> {
  readonly version: Version;
  readonly edit: Edit<D>;
  readonly policy: ConflictPolicy | undefined;
}

/** A move of base: the docs before and after it, and the own mutations that came into base with it. */
export interface BaseMove<D> {
  readonly step: Step;
  readonly before: DocMap<D>;
  readonly after: DocMap<D>;
  readonly confirmed: readonly Confirmed<D>[];
}

/**
 * Finds the own accepted writes that others, who had not seen them, cover: each field that base still held as
 * it was written, and holds no more.
 *
 * ```text
 * own accepted     since < version < by      somebody covered it, or what lies beside it
 * base before      holds the own value       nobody wrote there meanwhile, and it was not told before
 * base after       holds another             lost
 * ```
 */
export class Covered<D> {
  readonly #writesOf: (key: string) => readonly OwnWrite<D>[];
  readonly #policy: ConflictPolicy;
  #found: Conflict[] = [];

  /** @param writesOf own accepted writes of a doc, as far as they are kept */
  constructor(writesOf: (key: string) => readonly OwnWrite<D>[], policy: ConflictPolicy) {
    this.#writesOf = writesOf;
    this.#policy = policy;
  }

  look({ step, before, after, confirmed }: BaseMove<D>): void {
    // A catch-up may show a doc twice: the last word counts.
    const covered = new Map<string, readonly Cover[]>();
    for (const { change, covers } of step.docs) if (covers) covered.set(change.key, covers);
    for (const [key, covers] of covered) {
      const own = confirmed.findLast(({ mutation }) => mutation.edits.has(key));
      const held = own ? own.mutation.edits.get(key)?.after : before.get(key);
      const now = after.get(key);
      if (held === now) continue;
      for (const write of this.#writesOf(key)) {
        if (covers.some(({ since, by }) => since < write.version && write.version < by))
          this.#compare(key, write, held, now);
      }
    }
  }

  /** What was found and is not told yet. */
  take(): readonly Conflict[] {
    const found = this.#found;
    if (found.length > 0) this.#found = [];
    return found;
  }

  #compare(key: string, { edit, policy }: OwnWrite<D>, held: Doc<D> | undefined, now: Doc<D> | undefined) {
    const settled = policy ?? this.#policy;
    const name = typeof settled === 'function' ? 'function' : settled;
    for (const path of lostFields(edit, held, now)) {
      const [base, mine, theirs] = [edit.before, edit.after, now].map((doc) => valueAt(doc, path));
      this.#found.push({ key, path, base, mine, theirs, kept: 'theirs', policy: name });
    }
  }
}

/** Where `now` has lost what the own edit wrote and `held` still had: the field that holds both writes. */
function lostFields<D>(own: Edit<D>, held: Doc<D> | undefined, now: Doc<D> | undefined): readonly Path[] {
  const mine = byPath(fieldEdits(own.before, own.after));
  const changes = fieldEdits(held, now);
  const theirs = byPath(changes);
  const lost = new Map<string, Path>();
  const meet = (inner: ReadonlyMap<string, Path>, outer: ReadonlyMap<string, Path>): void => {
    for (const path of inner.values()) {
      if (!valuesEqual(valueAt(own.after, path), valueAt(held, path))) continue;
      for (let depth = 0; depth <= path.length; depth++) {
        const at = outer.get(pathKey(path.slice(0, depth)));
        if (at) lost.set(pathKey(asField(at)), asField(at));
      }
    }
  };
  meet(mine, theirs);
  meet(byPath(changes.filter(takesAway)), mine);
  return [...lost.values()];
}

type Path = readonly PathStep[];

function byPath(edits: readonly { readonly path: Path }[]): Map<string, Path> {
  return new Map(edits.map(({ path }) => [pathKey(path), path]));
}

/** What is new beside what was written within a part takes nothing of it away. */
const takesAway = (edit: FieldEdit): boolean =>
  edit.kind === 'set' ? 'before' in edit : edit.kind !== 'add-member';

/** A member of a Set is told as the Set. */
const asField = (path: Path): Path => (path.at(-1)?.in === 'set' ? path.slice(0, -1) : path);
