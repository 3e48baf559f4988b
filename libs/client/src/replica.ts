import { DocMap } from '@atomsync/atom';
import { encodeBody, type Change, type ClientId, type FeedCursor, type Version } from '@atomsync/protocol';
import type { Step } from './apply';
import type { OnItsWay } from './doubts';
import { ClientError } from './errors';
import { forget } from './forget';
import { moveBase } from './move-base';
import type { OtherVersions } from './other-versions';
import type { Line } from './own-lines';
import type { Edit, MutationId, PendingMutation, PendingQueue, WriteTerms } from './pending';
import { checkPurity } from './purity';
import { emptied, runTracked, type Refusal, type Tracked } from './rebase';
import { pendingId, putPending, putRejected } from './records';
import { renumber, renumberAll } from './renumber';
import { NOTHING_DIRTY, NOTHING_REBASED, ReplicaState } from './replica-state';
import type { Moved, ReplicaRules, ReplicaWrite } from './replica-types';
import { restore, type Restored } from './restore';
import type { StepBatch } from './step-batch';
import type { LocalDoc, LocalState } from './store/local-store';
import type { Held } from './tabs/held';
import type { Loans } from './tabs/loans';
import { adopt, follow, redeem, takeBack, type Offered } from './tabs/share';
import type { TakenNumbers } from './tabs/taken-numbers';

const NO_TERMS: WriteTerms = {};

/** A swap whose function writes to its own atom is run again; one that always does never settles. */
const MAX_RUNS = 100;

/**
 * One group as this client holds it: base (confirmed through `version`), pending (own mutations since) and
 * value (base with pending applied). Nothing here waits, sends or stores: each method makes one step and
 * returns what it did.
 */
export class Replica<D> {
  readonly #state: ReplicaState<D>;

  constructor(line: Line, rules: ReplicaRules<D>) {
    this.#state = new ReplicaState(line, rules);
  }

  get value(): DocMap<D> {
    return this.#state.value;
  }

  get version(): Version {
    return this.#state.version;
  }

  get cursor(): FeedCursor | undefined {
    return this.#state.cursor;
  }

  get pending(): PendingQueue<D> {
    return this.#state.pending;
  }

  /** The place of the youngest own write. */
  get order(): number {
    return this.#state.order;
  }

  /** What base holds in other schema versions than this program's. */
  get others(): OtherVersions<D> {
    return this.#state.others;
  }

  /** Own mutations that the leading tab has taken. */
  get held(): Held<D> {
    return this.#state.held;
  }

  /** Mutations that other tabs have been given back to run again. */
  get loans(): Loans<D> {
    return this.#state.loans;
  }

  /** Through which numbers other tabs' writes have been taken. */
  get taken(): TakenNumbers {
    return this.#state.taken;
  }

  /** Own lines of which the server should say where they stand. */
  lines(): ClientId[] {
    const { lines, accepted } = this.#state;
    return [...new Set([...lines.open(), ...accepted.lines()])];
  }

  /**
   * Runs an own write on `value` and queues it. Returns `undefined`, and changes nothing, when it came to
   * the very same docs. What `run`, `check` or `encode` throw goes through, with nothing changed.
   *
   * @throws ClientError `IMPURE_SWAP`, `CONTENDED`
   */
  write(write: ReplicaWrite<D>, madeAt: number): PendingMutation<D> | undefined {
    for (let run = 0; run < MAX_RUNS; run++) {
      const before = this.#state.value;
      const outcome = runTracked(write.run, before);
      if (checkPurity && write.rerun && this.#state.value === before) {
        checkPurity(outcome.edits, runTracked(write.run, before).edits);
      }
      if (this.#state.value === before && outcome.edits.size > 0) {
        this.others.assertReadable(outcome.edits);
        this.#state.rules.check(outcome.docs, outcome.edits);
      }
      // As Clojure's compare-and-set: what was computed from an older value is not taken.
      if (this.#state.value === before) return this.#queue(write, outcome, madeAt);
    }
    throw new ClientError(
      'CONTENDED',
      `A swap was run ${MAX_RUNS} times, and each time its function or a validator wrote to the same atom. ` +
        `Write from a watch or a subscriber instead.`,
    );
  }

  /** Takes up nothing, and no writes from now on: those made meanwhile are refused. */
  stayOut(upgrade: ClientError, batch: StepBatch): Moved<D> {
    const before = this.#state.value;
    const { code, message } = upgrade;
    const refused = this.pending.clear().map((mutation) => ({ mutation, code, message }));
    for (const { mutation } of refused) {
      const after = emptied(mutation);
      this.pending.add(after);
      putPending(after, batch);
    }
    putRejected(refused, batch);
    this.others.block(upgrade);
    this.#state.value = this.#state.base;
    return { ...this.#state.moved(before, NOTHING_REBASED), refused };
  }

  /** Shows docs until the local store has been read; `false` where they are of a newer program's shape. */
  show(docs: readonly LocalDoc[]): boolean {
    const { others } = this.#state;
    if (docs.some(({ schemaVersion }) => schemaVersion > others.migrations.version)) return false;
    this.#state.base = this.#state.value = others.load(docs, DocMap.empty<D>());
    return true;
  }

  /** Takes up what the local store holds; see `restore.ts`. */
  restore(stored: LocalState, batch: StepBatch): Restored<D> {
    return restore(this.#state, stored, batch);
  }

  /** Changes of value as another tab has to hear of them: in the form that the docs are stored in. */
  encodeValue(edits: ReadonlyMap<string, Edit<D>>): readonly Change[] {
    const { base, others, rules } = this.#state;
    return rules.encode(edits).map((change) => {
      const older = others.older(change.key);
      const isBase = older !== undefined && edits.get(change.key)?.after === base.get(change.key);
      return isBase ? { kind: 'put', key: change.key, ...older } : change;
    });
  }

  /** Another tab leads from now on. */
  follow(): void {
    follow(this.#state);
  }

  /** Takes a write of another tab; `undefined` when it was taken before. */
  adopt(offered: Offered<D>, batch: StepBatch): Moved<D> | undefined {
    return adopt(this.#state, offered, batch);
  }

  /** Merges lent mutations as plain data. */
  redeem(ids: readonly MutationId[], batch: StepBatch): Moved<D> {
    return redeem(this.#state, ids, batch);
  }

  /** Forgets everything: nobody is signed in. */
  clear(): void {
    const state = this.#state;
    state.held.takeAll();
    state.loans.restore([]);
    state.lines.reset(state.rules.newClientId());
    state.others.clear();
    state.accepted = state.noneAccepted();
    state.base = state.value = DocMap.empty<D>();
    state.cursor = undefined;
    state.shown = 0;
    state.dirty = NOTHING_DIRTY;
    state.follows = false;
  }

  /** All that is to be kept of it, for a store that has lost it. */
  storeAll(batch: StepBatch): void {
    const { base, cursor, pending, loans, taken, others, rules } = this.#state;
    for (const [key, { schemaVersion, body }] of others.allOlder())
      batch.putDoc({ key, schemaVersion, body });
    for (const [key, doc] of base) {
      if (others.older(key)) continue;
      batch.putDoc({ key, schemaVersion: others.form(key, doc).schemaVersion, body: encodeBody(doc) });
    }
    batch.cursor = cursor;
    for (const mutation of pending) putPending(mutation, batch);
    loans.storeAll(batch);
    taken.storeAll(rules.now(), batch);
  }

  /**
   * Moves base and pending in one step; what is to be made durable of it goes into `batch`. With `more` to
   * follow at once, pending that would have to be rebased is rebased on the last of them only: many commits
   * on one hot doc cost one run of the functions that wait on it.
   */
  advance(step: Step, batch: StepBatch, more = false): Moved<D> {
    const state = this.#state;
    const before = state.value;
    const withdrawn = step.kind === 'forget' ? forget(state, step, batch) : undefined;
    const leaving = state.lines.leave(step);
    const own = step.kind === 'commit' ? leaving.confirmed.at(-1)?.mutation : undefined;
    const old = state.base;
    const moved = moveBase(old, step, leaving.left, own, state.others, batch);
    const { base, dirty, reads } = moved;
    state.others.take(step, reads, batch);
    for (const [key, at] of state.dirty) if (!dirty.has(key)) dirty.set(key, at);
    for (const { edits } of withdrawn?.taken ?? []) for (const key of edits.keys()) dirty.set(key, -Infinity);
    state.dirty = NOTHING_DIRTY;
    state.base = base;
    if (step.token !== undefined) state.cursor = { token: step.token, version: step.version };
    else if (state.cursor) state.cursor = { ...state.cursor, version: step.version };
    batch.cursor = state.cursor;

    if (state.follows) for (const { mutation } of leaving.confirmed) state.held.hold(mutation);
    else state.accepted.keep(leaving.confirmed, moved.committed, batch);
    for (const { mutation } of leaving.refused) batch.dropRecord(pendingId(mutation));
    if (step.lostData) this.#offerAgain(step, dirty, batch);
    if (step.returned) takeBack(state, step.returned, dirty, batch);
    state.covered.look({ step, before: old, after: base, confirmed: leaving.confirmed });
    const deferred = more && this.#defers(dirty);
    const outcome = deferred ? NOTHING_REBASED : state.rebase(dirty);
    if (!deferred) state.shown = state.version;
    state.store(outcome, batch);
    // What is empty has been refused here already, and reported whole.
    const news = leaving.refused.filter(({ mutation }) => mutation.changes.length > 0 || mutation.doubt);
    const refused = [...(withdrawn?.refused ?? []), ...news, ...outcome.refused];
    putRejected(refused, batch);
    for (const { clientId } of step.used) this.#markAnswered(clientId, batch);
    batch.order = state.order;
    const conflicts = deferred ? [] : [...state.covered.take(), ...outcome.conflicts];
    return { ...state.moved(before, outcome), confirmed: leaving.confirmed, refused, conflicts };
  }

  /** The server has used fewer numbers of a line than pending goes on from: all of pending gets those of a new line. */
  readonly renumber = (batch: StepBatch): Moved<D> => renumberAll(this.#state, batch);

  /** Rolls back a pending mutation that can never be accepted; emptied, it still uses its number up. */
  refuse(mutation: PendingMutation<D>, code: string, message: string, batch: StepBatch): Moved<D> {
    const before = this.value;
    const after = emptied(mutation);
    this.pending.replace(new Map([[mutation, after]]));
    putPending(after, batch);
    const outcome = this.#state.rebase(new Map(Array.from(mutation.edits.keys(), (key) => [key, -Infinity])));
    this.#state.store(outcome, batch);
    const refused = [{ mutation, code, message }, ...outcome.refused];
    putRejected(refused, batch);
    return { ...this.#state.moved(before, outcome), refused };
  }

  /** Forgets where base stands, so that the next catch-up replaces it. */
  distrust(): void {
    this.#state.cursor = undefined;
  }

  /** These go out now; with `undefined`, the push on its way has been answered or lost. */
  sending(push: OnItsWay | undefined): void {
    this.#state.doubts.sending(push);
  }

  /** Refuses what was doubted while it was on its way, and is on its way no more. */
  settleDoubts(batch: StepBatch): readonly Refusal<D>[] {
    const { refused, emptied: left } = this.#state.doubts.settle(this.pending);
    for (const mutation of left) putPending(mutation, batch);
    putRejected(refused, batch);
    return refused;
  }

  #defers(dirty: ReadonlyMap<string, number>): boolean {
    if (!this.pending.isTouchedBy(dirty)) return false;
    this.#state.dirty = dirty;
    return true;
  }

  /** Whether only this tab knows how to rebase it. */
  #isTied({ rerun, named, terms }: ReplicaWrite<D>): boolean {
    if (rerun) return named === undefined;
    return typeof (terms?.onConflict ?? this.#state.rules.policy) === 'function';
  }

  #markAnswered(clientId: ClientId, batch: StepBatch): void {
    const mark = this.#state.lines.answered(clientId);
    if (mark) batch.seen.set(clientId, mark);
  }

  #queue(
    write: ReplicaWrite<D>,
    { docs, edits, reads }: Tracked<D>,
    madeAt: number,
  ): PendingMutation<D> | undefined {
    if (edits.size === 0) return undefined;
    const changes = this.#state.rules.encode(edits);
    const { clientId, number } = this.#state.lines.allot();
    const mutation: PendingMutation<D> = {
      clientId,
      number,
      order: ++this.#state.order,
      edits,
      reads,
      readsGroup: write.readsGroup ?? false,
      run: write.rerun ? write.run : undefined,
      call: write.named?.call,
      scope: write.named?.scope,
      madeAt,
      madeOn: this.#state.shown,
      covers: false,
      terms: write.terms ?? NO_TERMS,
      changes,
      rebased: 0,
      receipt: ++this.#state.receipts,
      tied: this.#isTied(write),
    };
    this.pending.add(mutation);
    this.#state.value = docs;
    return mutation;
  }

  /** The server's data is of an earlier day: what it lost of ours goes out again before pending, under a new line. */
  #offerAgain(step: Step, dirty: Map<string, number>, batch: StepBatch): void {
    const { accepted, lines } = this.#state;
    const lost = [...accepted.takeLost(step.used), ...lines.takeLost(step.used)];
    lost.sort((a, b) => a.order - b.order);
    if (lost.length === 0 && !lines.hasGaps(step)) return;
    renumber(this.#state, lost, dirty, batch);
  }
}
