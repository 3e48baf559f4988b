import { DocMap } from '@atomsync/atom';
import type { FeedCursor, Version } from '@atomsync/protocol';
import { Accepted, DEFAULT_KEEP_ACCEPTED } from './accepted';
import { Covered } from './covered';
import { Doubts } from './doubts';
import { encodeEdits } from './encode-edits';
import { OtherVersions } from './other-versions';
import { OwnLines, type Line } from './own-lines';
import type { PendingMutation, PendingQueue } from './pending';
import { readEdits, type ReadEdits } from './read-change';
import { rebase, type Rebased, type RebaseRules } from './rebase';
import { pendingId, putPending } from './records';
import type { Moved, ReplicaRules } from './replica-types';
import type { StepBatch } from './step-batch';
import { Held } from './tabs/held';
import { Loans } from './tabs/loans';
import { TakenNumbers } from './tabs/taken-numbers';

export const NOTHING_DIRTY: ReadonlyMap<string, number> = new Map();

const AGAIN = { madeOn: 0, unfounded: true } as const;

export const NOTHING_REBASED = { conflicts: [], refused: [], lent: [], replaced: new Map<never, never>() };

/** What a replica is made of, and the two moves that all its steps are made of: rebase, and queue again. */
export class ReplicaState<D> {
  readonly rules: ReplicaRules<D> & RebaseRules<D>;
  base = DocMap.empty<D>();
  value = DocMap.empty<D>();
  cursor: FeedCursor | undefined;
  /** The place of the youngest own write. */
  order = 0;
  /** How many own writes were made here; they are called by their numbers. */
  receipts = 0;
  /** What moved under pending and has not been rebased yet, between the steps of one message. */
  dirty = NOTHING_DIRTY;
  /** Another tab leads: base is that tab's value. */
  follows = false;
  /** What base holds in other schema versions than this program's. */
  readonly others: OtherVersions<D>;
  readonly lines: OwnLines<D>;
  accepted: Accepted<D>;
  /** The version that value shows: behind base, while something waits to be rebased. */
  shown: Version = 0;
  readonly covered: Covered<D>;
  readonly doubts = new Doubts<D>();
  readonly held = new Held<D>();
  readonly loans = new Loans<D>();
  readonly taken: TakenNumbers;

  constructor(line: Line, rules: ReplicaRules<D>) {
    this.others = new OtherVersions(rules.migrations);
    this.rules = {
      ...rules,
      isOnItsWay: (mutation) => this.doubts.mustWait(mutation),
      encode: (edits) => encodeEdits(edits, this.others),
      assertReadable: (edits, docs) => this.others.assertReadable(edits, docs),
    };
    this.lines = new OwnLines(line);
    this.accepted = this.noneAccepted();
    this.covered = new Covered((key) => this.accepted.writesOf(key), rules.policy);
    this.taken = new TakenNumbers(rules.hasTabs);
  }

  get version(): Version {
    return this.cursor?.version ?? 0;
  }

  get pending(): PendingQueue<D> {
    return this.lines.pending;
  }

  noneAccepted(): Accepted<D> {
    return new Accepted(this.rules.keepAccepted ?? DEFAULT_KEEP_ACCEPTED);
  }

  /** Recomputes value; where nothing is pending it is base itself, and shares its nodes from then on. */
  rebase(dirty: ReadonlyMap<string, number>): Omit<Rebased<D>, 'value'> {
    if (dirty.size === 0) {
      if (this.pending.size === 0) this.base = this.value;
      return NOTHING_REBASED;
    }
    if (this.pending.size === 0) {
      this.value = this.base;
      return NOTHING_REBASED;
    }
    if (!this.pending.isTouchedBy(dirty)) {
      this.value = this.value.withChanges(
        Array.from(dirty.keys(), (key) => ({ key, after: this.base.get(key) })),
      );
      return NOTHING_REBASED;
    }
    const outcome = rebase(this.base, this.pending, dirty, this.rules);
    this.pending.replace(outcome.replaced);
    this.value = outcome.value;
    return outcome;
  }

  /** Keeps what a rebase made of pending. */
  store({ replaced, lent }: Pick<Rebased<D>, 'replaced' | 'lent'>, batch: StepBatch): void {
    for (const after of replaced.values()) putPending(after, batch);
    for (const mutation of lent) this.loans.lend(mutation, batch);
  }

  /** Puts mutations at the end of pending, under new numbers. */
  requeue(mutations: readonly PendingMutation<D>[], dirty: Map<string, number>, batch: StepBatch): void {
    for (const mutation of mutations) {
      batch.dropRecord(pendingId(mutation));
      // What was read back from the store brings its changes only; they hold whole docs.
      const { edits } = mutation.edits.size > 0 ? mutation : this.read(mutation);
      // The versions it was made on may be those of another history.
      const again = { ...mutation, ...this.lines.allot(), edits, order: ++this.order, ...AGAIN };
      for (const key of edits.keys()) if (!dirty.has(key)) dirty.set(key, -Infinity);
      this.pending.add(again);
      putPending(again, batch);
    }
  }

  read({ changes }: Pick<PendingMutation<D>, 'changes'>, docs = this.base): ReadEdits<D> {
    return readEdits(changes, docs, new Map(), this.rules.migrations);
  }

  /** What a step did that confirmed nothing. */
  moved(before: DocMap<D>, outcome: Omit<Rebased<D>, 'value'>): Moved<D> {
    return { ...outcome, before, value: this.value, confirmed: [] };
  }
}
