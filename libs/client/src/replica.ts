import { DocMap } from '@atomsync/atom';
import type { ClientId, FeedCursor, Version } from '@atomsync/protocol';
import { Accepted, DEFAULT_KEEP_ACCEPTED } from './accepted';
import type { Step } from './apply';
import { Doubts, type OnItsWay } from './doubts';
import { encodeEdits } from './encode-edits';
import { ClientError } from './errors';
import { moveBase } from './move-base';
import { OtherVersions } from './other-versions';
import { OwnLines, type Line } from './own-lines';
import type { PendingMutation, PendingQueue, WriteTerms } from './pending';
import { assertSameOutcome, inDevelopment } from './purity';
import { readEdits, type ReadEdits } from './read-change';
import {
  emptied,
  rebase,
  runTracked,
  type Rebased,
  type RebaseRules,
  type Refusal,
  type Tracked,
} from './rebase';
import { pendingId, putPending, putRejected, readMutations } from './records';
import type { Moved, ReplicaRules, ReplicaWrite } from './replica-types';
import { restoreAccepted, restorePending } from './restore-pending';
import type { StepBatch } from './step-batch';
import type { LocalState } from './store/local-store';

const NO_TERMS: WriteTerms = {};

const NOTHING_DIRTY: ReadonlyMap<string, number> = new Map();

const NOTHING_REBASED = { conflicts: [], refused: [], replaced: new Map<never, never>() };

/** A swap whose function writes to its own atom is run again; one that always does never settles. */
const MAX_RUNS = 100;

/**
 * One group as this client holds it: base (confirmed through `version`), pending (own mutations since) and
 * value (base with pending applied). Nothing here waits, sends or stores: each method makes one step and
 * returns what it did.
 */
export class Replica<D> {
  /** What base holds in other schema versions than this program's. */
  readonly others: OtherVersions<D>;
  readonly #rules: ReplicaRules<D> & RebaseRules<D>;
  readonly #lines: OwnLines<D>;
  readonly #accepted: Accepted<D>;
  #base = DocMap.empty<D>();
  #value = DocMap.empty<D>();
  #cursor: FeedCursor | undefined;
  #order = 0;
  /** What moved under pending and has not been rebased yet, between the steps of one message. */
  #dirty = NOTHING_DIRTY;
  readonly #doubts = new Doubts<D>();

  constructor(line: Line, rules: ReplicaRules<D>) {
    this.others = new OtherVersions(rules.migrations);
    this.#rules = {
      ...rules,
      isOnItsWay: (mutation) => this.#doubts.mustWait(mutation),
      encode: (edits) => encodeEdits(edits, this.others),
      assertReadable: (edits, docs) => this.others.assertReadable(edits, docs),
    };
    this.#lines = new OwnLines(line);
    this.#accepted = new Accepted(rules.keepAccepted ?? DEFAULT_KEEP_ACCEPTED);
  }

  get value(): DocMap<D> {
    return this.#value;
  }

  get version(): Version {
    return this.#cursor?.version ?? 0;
  }

  get cursor(): FeedCursor | undefined {
    return this.#cursor;
  }

  get pending(): PendingQueue<D> {
    return this.#lines.pending;
  }

  /** The place of the youngest own write. */
  get order(): number {
    return this.#order;
  }

  /** Own lines of which the server should say where they stand. */
  lines(): ClientId[] {
    return [...new Set([...this.#lines.open(), ...this.#accepted.lines()])];
  }

  /**
   * Runs an own write on `value` and queues it. Returns `undefined`, and changes nothing, when it came to
   * the very same docs. What `run`, `check` or `encode` throw goes through, with nothing changed.
   *
   * @throws ClientError `IMPURE_SWAP`, `CONTENDED`
   */
  write(write: ReplicaWrite<D>, madeAt: number): PendingMutation<D> | undefined {
    for (let run = 0; run < MAX_RUNS; run++) {
      const before = this.#value;
      const outcome = runTracked(write.run, before);
      if (inDevelopment && write.rerun && this.#value === before) {
        assertSameOutcome(outcome.edits, runTracked(write.run, before).edits);
      }
      if (this.#value === before && outcome.edits.size > 0) {
        this.others.assertReadable(outcome.edits);
        this.#rules.check(outcome.docs, outcome.edits);
      }
      // As Clojure's compare-and-set: what was computed from an older value is not taken.
      if (this.#value === before) return this.#queue(write, outcome, madeAt);
    }
    throw new ClientError(
      'CONTENDED',
      `A swap was run ${MAX_RUNS} times, and each time its function or a validator wrote to the same atom. ` +
        `Write from a watch or a subscriber instead.`,
    );
  }

  /** Takes up nothing, and no writes from now on: those made meanwhile are refused. */
  stayOut(upgrade: ClientError, batch: StepBatch): Moved<D> {
    const before = this.#value;
    const { code, message } = upgrade;
    const refused = this.pending.clear().map((mutation) => ({ mutation, code, message }));
    for (const { mutation } of refused) {
      const after = emptied(mutation);
      this.pending.add(after);
      putPending(after, batch);
    }
    putRejected(refused, batch);
    this.others.block(upgrade);
    this.#value = this.#base;
    return { ...NOTHING_REBASED, before, value: this.#value, confirmed: [], refused };
  }

  /** Takes up what the local store holds; writes made meanwhile are rebased on top of it. */
  restore(state: LocalState, batch: StepBatch): { readonly moved: Moved<D>; readonly durable: number } {
    const before = this.#value;
    const early = this.pending.clear();
    const stored = readMutations(state.records);
    this.#base = this.others.load(state.docs);
    this.#cursor = state.cursor;
    this.#accepted.restore(restoreAccepted(stored.accepted, this.#base, this.others, this.#rules));

    const restored = restorePending(stored.pending, this.#base, this.others, this.#rules);
    for (const mutation of restored.mutations) this.#lines.restore(mutation);
    for (const mutation of restored.migrated) putPending(mutation, batch);
    const { docs } = restored;
    const durable = stored.pending.at(-1)?.order ?? 0;
    this.#order = durable;
    const everything = new Map(Array.from(docs.keys(), (key) => [key, -Infinity]));
    const outcome = rebase(docs, early, everything, this.#rules);
    for (const mutation of early) {
      const added = { ...(outcome.replaced.get(mutation) ?? mutation), order: ++this.#order };
      this.pending.add(added);
      putPending(added, batch);
    }
    this.#value = outcome.value;
    const refused = [...restored.refused, ...outcome.refused];
    putRejected(refused, batch);
    batch.order = this.#order;
    return { moved: { ...outcome, refused, before, confirmed: [] }, durable };
  }

  /**
   * Moves base and pending in one step; what is to be made durable of it goes into `batch`. With `more` to
   * follow at once, pending that would have to be rebased is rebased on the last of them only: many commits
   * on one hot doc cost one run of the functions that wait on it.
   */
  advance(step: Step, batch: StepBatch, more = false): Moved<D> {
    const before = this.#value;
    const leaving = this.#lines.leave(step);
    const own = step.kind === 'commit' ? leaving.confirmed.at(-1)?.mutation : undefined;
    const { base, dirty, reads } = moveBase(this.#base, step, leaving.left, own, this.others, batch);
    this.others.take(step, reads, batch);
    for (const [key, at] of this.#dirty) if (!dirty.has(key)) dirty.set(key, at);
    this.#dirty = NOTHING_DIRTY;
    this.#base = base;
    if (step.token !== undefined) this.#cursor = { token: step.token, version: step.version };
    else if (this.#cursor) this.#cursor = { ...this.#cursor, version: step.version };
    batch.cursor = this.#cursor;

    this.#accepted.keep(leaving.confirmed, this.#rules.now(), batch);
    for (const { mutation } of leaving.refused) batch.dropRecord(pendingId(mutation));
    if (step.lostData) this.#offerAgain(step, dirty, batch);
    const outcome = more && this.#defers(dirty) ? NOTHING_REBASED : this.#rebase(dirty);
    for (const after of outcome.replaced.values()) putPending(after, batch);
    const refused = leaving.refused.length === 0 ? outcome.refused : [...leaving.refused, ...outcome.refused];
    putRejected(refused, batch);
    for (const { clientId } of step.used) this.#markAnswered(clientId, batch);
    batch.order = this.#order;
    return {
      before,
      value: this.#value,
      confirmed: leaving.confirmed,
      refused,
      conflicts: outcome.conflicts,
    };
  }

  /** Rolls back a pending mutation that can never be accepted; emptied, it still uses its number up. */
  refuse(mutation: PendingMutation<D>, code: string, message: string, batch: StepBatch): Moved<D> {
    const before = this.#value;
    const after = emptied(mutation);
    this.pending.replace(new Map([[mutation, after]]));
    putPending(after, batch);
    const outcome = this.#rebase(new Map(Array.from(mutation.edits.keys(), (key) => [key, -Infinity])));
    for (const rebased of outcome.replaced.values()) putPending(rebased, batch);
    const refused = [{ mutation, code, message }, ...outcome.refused];
    putRejected(refused, batch);
    return { before, value: this.#value, confirmed: [], refused, conflicts: outcome.conflicts };
  }

  /** Forgets where base stands, so that the next catch-up replaces it. */
  distrust(): void {
    this.#cursor = undefined;
  }

  /** These go out now; with `undefined`, the push on its way has been answered or lost. */
  sending(push: OnItsWay | undefined): void {
    this.#doubts.sending(push);
  }

  /** Refuses what was doubted while it was on its way, and is on its way no more. */
  settleDoubts(batch: StepBatch): readonly Refusal<D>[] {
    const { refused, emptied: left } = this.#doubts.settle(this.pending);
    for (const mutation of left) putPending(mutation, batch);
    putRejected(refused, batch);
    return refused;
  }

  #defers(dirty: ReadonlyMap<string, number>): boolean {
    if (!this.pending.isTouchedBy(dirty)) return false;
    this.#dirty = dirty;
    return true;
  }

  #markAnswered(clientId: ClientId, batch: StepBatch): void {
    const mark = this.#lines.answered(clientId);
    if (mark) batch.seen.set(clientId, mark);
  }

  #queue(
    write: ReplicaWrite<D>,
    { docs, edits, reads }: Tracked<D>,
    madeAt: number,
  ): PendingMutation<D> | undefined {
    if (edits.size === 0) return undefined;
    const changes = this.#rules.encode(edits);
    const { clientId, number } = this.#lines.allot();
    const mutation: PendingMutation<D> = {
      clientId,
      number,
      order: ++this.#order,
      edits,
      reads,
      readsGroup: write.readsGroup ?? false,
      run: write.rerun ? write.run : undefined,
      call: write.named?.call,
      scope: write.named?.scope,
      madeAt,
      terms: write.terms ?? NO_TERMS,
      changes,
      rebased: 0,
    };
    this.pending.add(mutation);
    this.#value = docs;
    return mutation;
  }

  /**
   * The server's data is of an earlier day than ours. What it accepted from here and lost goes in front of
   * pending again, all under a new line, because it may give the old line's numbers a second time.
   */
  #offerAgain(step: Step, dirty: Map<string, number>, batch: StepBatch): void {
    const lost = this.#accepted.takeLost(step.used);
    if (lost.length === 0 && !this.#lines.hasGaps(step)) return;
    const offered = [...lost, ...this.pending.clear()];
    this.#lines.begin(this.#rules.newClientId());
    for (const mutation of offered) {
      batch.dropRecord(pendingId(mutation));
      // What was read back from the store brings its changes only; they hold whole docs.
      const { edits } = mutation.edits.size > 0 ? mutation : this.#read(mutation);
      const again = { ...mutation, ...this.#lines.allot(), edits, order: ++this.#order };
      for (const key of edits.keys()) if (!dirty.has(key)) dirty.set(key, -Infinity);
      this.pending.add(again);
      putPending(again, batch);
    }
  }

  /** Recomputes value; where nothing is pending it is base itself, and shares its nodes from then on. */
  #rebase(dirty: ReadonlyMap<string, number>): Pick<Rebased<D>, 'conflicts' | 'refused' | 'replaced'> {
    if (dirty.size === 0) {
      if (this.pending.size === 0) this.#base = this.#value;
      return NOTHING_REBASED;
    }
    if (this.pending.size === 0) {
      this.#value = this.#base;
      return NOTHING_REBASED;
    }
    if (!this.pending.isTouchedBy(dirty)) {
      this.#value = this.#value.withChanges(
        Array.from(dirty.keys(), (key) => ({ key, after: this.#base.get(key) })),
      );
      return NOTHING_REBASED;
    }
    const outcome = rebase(this.#base, this.pending, dirty, this.#rules);
    this.pending.replace(outcome.replaced);
    this.#value = outcome.value;
    return outcome;
  }

  #read({ changes }: PendingMutation<D>): ReadEdits<D> {
    return readEdits(changes, this.#base, new Map(), this.#rules.migrations);
  }
}
