import type { DocMap } from '@atomsync/atom';
import type { Change } from '@atomsync/protocol';
import type { Conflict, ConflictPolicy } from './conflict';
import { mergeDoc } from './merge';
import { touches, type Edit, type PendingMutation } from './pending';
import { ClientError, errorCode, errorMessage } from './errors';

/** How own writes are judged and encoded when they are rebased. */
export interface RebaseRules<D> {
  readonly policy: ConflictPolicy;
  /** Throws when the group must not look like this (validator, schema). */
  readonly check: (docs: DocMap<D>, edits: ReadonlyMap<string, Edit<D>>) => void;
  readonly encode: (edits: ReadonlyMap<string, Edit<D>>) => readonly Change[];
  /** Throws when a write is of a doc that is there and cannot be read. */
  readonly assertReadable: (edits: ReadonlyMap<string, Edit<D>>, docs: DocMap<D>) => void;
  /** A time of this machine's clock as the server's clock would show it. */
  readonly serverTime: (time: number) => number;
  /** The server has been asked to run the mutation itself where it is stale, and has not answered. */
  readonly isOnItsWay: (mutation: PendingMutation<D>) => boolean;
  /** Another tab made the mutation, has its function, and is there to run it again. */
  readonly isLent: (mutation: PendingMutation<D>) => boolean;
}

/** A mutation that cannot stand on the new base: its function threw, or a validator refused the outcome. */
export interface Refusal<D> {
  readonly mutation: PendingMutation<D>;
  readonly code: string;
  readonly message: string;
}

export interface Rebased<D> {
  /** The new base with all of pending applied. */
  readonly value: DocMap<D>;
  /** Mutations that came out differently, by what they were. A refused one is emptied: its number is used up. */
  readonly replaced: ReadonlyMap<PendingMutation<D>, PendingMutation<D>>;
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly Refusal<D>[];
  /** Taken out of value, for the tab that made them to run them again; emptied here. */
  readonly lent: readonly PendingMutation<D>[];
}

/**
 * Recomputes pending on a new base, in order.
 *
 * ```text
 * before   base ── m1 ── m2 ── m3 = value
 *            │ commits of others (their keys are `dirty`)
 * after    base' ─ m1 ── m2'── m3 = value'      m2 met a dirty key; m1 and m3 did not
 * ```
 *
 * A mutation that neither wrote nor read a dirty key stands as it is, unless it is unfounded. Any other is run again on the docs
 * below it, or, where it is plain data, merged field by field; the keys that come out differently are
 * dirty for those above it, and a key that comes out as before is clean again.
 *
 * One that cannot stand is refused and emptied. But a named swap on its way to a server that may run it is
 * only taken out of value, and doubted: the server runs it on its own docs, which may be others by then.
 *
 * @param dirty keys whose doc under the first of `pending` differs from the one it was made on, with the
 *   time of the other's write (milliseconds since 1970)
 */
export function rebase<D>(
  base: DocMap<D>,
  pending: Iterable<PendingMutation<D>>,
  dirty: ReadonlyMap<string, number>,
  rules: RebaseRules<D>,
): Rebased<D> {
  const replaced = new Map<PendingMutation<D>, PendingMutation<D>>();
  const conflicts: Conflict[] = [];
  const refused: Refusal<D>[] = [];
  const lent: PendingMutation<D>[] = [];
  const differing = new Map(dirty);
  let docs = base;

  for (const mutation of pending) {
    if (mutation.doubt?.isWithdrawn === true) continue;
    if (mutation.unfounded !== true && !touches(mutation, differing)) {
      docs = withEdits(docs, mutation.edits);
      continue;
    }
    const lends = needsItsTab(mutation) && rules.isLent(mutation);
    if (lends) lent.push(mutation);
    const outcome = lends ? nothing(docs) : again(mutation, docs, differing, rules);
    conflicts.push(...outcome.conflicts);
    const doubted = outcome.refusal !== undefined && rules.isOnItsWay(mutation);
    if (outcome.refusal && !doubted) refused.push(outcome.refusal);
    for (const key of new Set([...mutation.edits.keys(), ...outcome.edits.keys()])) {
      const was = mutation.edits.has(key) ? mutation.edits.get(key)?.after : docs.get(key);
      if (outcome.docs.get(key) === was) differing.delete(key);
      else if (!differing.has(key)) differing.set(key, -Infinity);
    }
    docs = outcome.docs;
    const { edits, reads, changes, refusal } = outcome;
    const covers = mutation.covers || outcome.conflicts.some(({ kept }) => kept !== 'theirs');
    const after = lends
      ? emptied(mutation)
      : !refusal
        ? { ...mutation, edits, reads, changes, covers, doubt: undefined }
        : doubted
          ? inDoubt(mutation, refusal)
          : emptied(mutation);
    replaced.set(mutation, { ...after, unfounded: undefined, rebased: mutation.rebased + 1 });
  }
  return { value: docs, replaced, conflicts, refused, lent };
}

/** Whether this tab cannot rebase it as it was meant. */
function needsItsTab<D>({ run, tied, call }: PendingMutation<D>): boolean {
  return run === undefined && (tied === true || call !== undefined);
}

function nothing<D>(docs: DocMap<D>): Outcome<D> {
  return { docs, edits: new Map(), reads: new Set(), changes: [], conflicts: [] };
}

/** A mutation that does nothing any more, but to use its number up. */
export function emptied<D>(mutation: PendingMutation<D>): PendingMutation<D> {
  return {
    ...mutation,
    edits: new Map(),
    reads: new Set(),
    readsGroup: false,
    run: undefined,
    call: undefined,
    scope: undefined,
    changes: [],
    tied: undefined,
    covers: false,
    doubt: undefined,
  };
}

/** Out of value, and run again whenever a doc it touched changes. */
function inDoubt<D>(mutation: PendingMutation<D>, { code, message }: Refusal<D>): PendingMutation<D> {
  const edits = mutation.doubt?.edits ?? mutation.edits;
  const reads = new Set([...mutation.reads, ...edits.keys()]);
  return { ...mutation, edits: new Map(), reads, doubt: { code, message, edits } };
}

interface Outcome<D> {
  readonly docs: DocMap<D>;
  readonly edits: ReadonlyMap<string, Edit<D>>;
  readonly reads: ReadonlySet<string>;
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  readonly refusal?: Refusal<D>;
}

function again<D>(
  mutation: PendingMutation<D>,
  docs: DocMap<D>,
  dirty: ReadonlyMap<string, number>,
  rules: RebaseRules<D>,
): Outcome<D> {
  try {
    if (mutation.terms.ifStale === 'reject' && mutation.edits.size > 0) throw stale(mutation.edits.keys());
    rules.assertReadable(mutation.edits, docs);
    const {
      docs: after,
      edits,
      reads,
      conflicts,
    } = mutation.run
      ? { ...runTracked(mutation.run, docs), conflicts: [] }
      : mergeAll(mutation, docs, dirty, rules);
    rules.check(after, edits);
    return { docs: after, edits, reads, changes: rules.encode(edits), conflicts };
  } catch (error) {
    const refusal = { mutation, code: errorCode(error, 'SWAP_FAILED'), message: errorMessage(error) };
    return { ...nothing(docs), refusal };
  }
}

/** What a run of a write came to. */
export interface Tracked<D> {
  readonly docs: DocMap<D>;
  readonly edits: ReadonlyMap<string, Edit<D>>;
  readonly reads: ReadonlySet<string>;
}

/** Runs a write and notes what it read by key and what it changed. */
export function runTracked<D>(run: (docs: DocMap<D>) => DocMap<D>, docs: DocMap<D>): Tracked<D> {
  const reads = new Set<string>();
  const view = docs.tracked({ key: (key) => reads.add(key), all: () => undefined });
  const after = run(view).untracked();
  const edits = new Map<string, Edit<D>>();
  for (const { key, before, after: now } of after.changesSince(docs)) edits.set(key, { before, after: now });
  return { docs: after, edits, reads };
}

function mergeAll<D>(
  mutation: PendingMutation<D>,
  docs: DocMap<D>,
  dirty: ReadonlyMap<string, number>,
  rules: RebaseRules<D>,
): Pick<Outcome<D>, 'docs' | 'edits' | 'reads' | 'conflicts'> {
  const edits = new Map<string, Edit<D>>();
  const conflicts: Conflict[] = [];
  const policy = mutation.terms.onConflict ?? rules.policy;
  const madeAt = rules.serverTime(mutation.madeAt);
  for (const [key, mine] of mutation.edits) {
    const theirs = docs.get(key);
    const theirTime = dirty.get(key) ?? -Infinity;
    const merged = mergeDoc(key, mine, theirs, policy, madeAt > theirTime);
    conflicts.push(...merged.conflicts);
    if (merged.after !== theirs) edits.set(key, { before: theirs, after: merged.after });
  }
  return { docs: withEdits(docs, edits), edits, reads: mutation.reads, conflicts };
}

function stale(keys: Iterable<string>): ClientError {
  return new ClientError(
    'STALE',
    `Others wrote first to docs this transaction depends on; it touches ${[...keys].map((key) => `'${key}'`).join(', ')}. ` +
      `It asked to be rejected then. Look at the current docs and decide again.`,
  );
}

/** `docs` with a write set applied. */
export function withEdits<D>(docs: DocMap<D>, edits: ReadonlyMap<string, Edit<D>>): DocMap<D> {
  return docs.withChanges(Array.from(edits, ([key, { after }]) => ({ key, after })));
}
