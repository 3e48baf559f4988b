import { DocMap, type Doc } from '@atomsync/atom';
import { decodeBody, type Change, type ClientId, type FeedCursor, type Version } from '@atomsync/protocol';
import { Accepted, DEFAULT_KEEP_ACCEPTED, type KeepAccepted } from './accepted';
import type { Step } from './apply';
import type { Conflict } from './conflict';
import { ClientError } from './errors';
import type { SeenMark } from './journal';
import { changedDoc, moveBase } from './move-base';
import type { ScopedCall } from './named-call';
import { OwnLines, type Confirmed, type Line } from './own-lines';
import type { Edit, NamedCall, PendingMutation, PendingQueue, WriteTerms } from './pending';
import { assertSameOutcome, inDevelopment } from './purity';
import {
  rebase,
  runTracked,
  withEdits,
  type Rebased,
  type RebaseRules,
  type Refusal,
  type Tracked,
} from './rebase';
import { Records } from './replica-records';
import type { LocalBatch, LocalState } from './store/local-store';

/** A write as the replica takes it. */
export interface ReplicaWrite<D> {
  readonly run: (docs: DocMap<D>) => DocMap<D>;
  /** Run again on a newer base; otherwise its outcome is plain data, merged field by field. */
  readonly rerun: boolean;
  readonly named?: ScopedCall | undefined;
  readonly readsGroup?: boolean;
  readonly terms?: WriteTerms;
}

/** What a move of base, or a load, did. */
export interface Moved<D> {
  readonly before: DocMap<D>;
  readonly value: DocMap<D>;
  readonly batch: LocalBatch;
  /** Own mutations that are in base now. */
  readonly confirmed: readonly Confirmed<D>[];
  readonly refused: readonly Refusal<D>[];
  readonly conflicts: readonly (Conflict & { readonly mutation: PendingMutation<D> })[];
}

export interface ReplicaRules<D> extends RebaseRules<D> {
  /** The function of a stored named swap; `undefined` when this program does not know it (any more). */
  readonly revive: (call: NamedCall) => ((docs: DocMap<D>) => DocMap<D>) | undefined;
  /** The name of a new line. */
  readonly newClientId: () => ClientId;
  readonly keepAccepted?: KeepAccepted | undefined;
}

const NO_TERMS: WriteTerms = {};

/** A swap whose function writes to its own atom is run again; one that always does never settles. */
const MAX_RUNS = 100;

/**
 * One group as this client holds it: base (confirmed through `version`), pending (own mutations since) and
 * value (base with pending applied). Nothing here waits, sends or stores: each method makes one step and
 * returns what it did.
 */
export class Replica<D> {
  readonly #rules: ReplicaRules<D>;
  readonly #lines: OwnLines<D>;
  readonly #accepted: Accepted<D>;
  #base = DocMap.empty<D>();
  #value = DocMap.empty<D>();
  #cursor: FeedCursor | undefined;
  #order = 0;

  constructor(line: Line, rules: ReplicaRules<D>) {
    this.#rules = rules;
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

  /** How far the answers of a line have been dealt with. */
  answered(clientId: ClientId): SeenMark | undefined {
    return this.#lines.answered(clientId);
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
      if (this.#value === before && outcome.edits.size > 0) this.#rules.check(outcome.docs, outcome.edits);
      // As Clojure's compare-and-set: what was computed from an older value is not taken.
      if (this.#value === before) return this.#queue(write, outcome, madeAt);
    }
    throw new ClientError(
      'CONTENDED',
      `A swap was run ${MAX_RUNS} times, and each time its function or a validator wrote to the same atom. ` +
        `Write from a watch or a subscriber instead.`,
    );
  }

  /** Takes up what the local store holds; writes made meanwhile are rebased on top of it. */
  restore(state: LocalState): { readonly moved: Moved<D>; readonly durable: number } {
    const before = this.#value;
    const early = this.pending.clear();
    const stored = Records.read(state.records);
    this.#base = DocMap.fromTrusted(
      state.docs.map(({ key, body }) => [key, decodeBody(body) as Doc<D>] as const),
    );
    this.#cursor = state.cursor;
    this.#accepted.restore(stored.accepted.map((record) => this.#revived(record, new Map())));

    let docs = this.#base;
    for (const record of stored.pending) {
      const edits = editsOf(record.changes, docs);
      docs = withEdits(docs, edits);
      this.#lines.restore(this.#revived(record, edits));
    }
    const durable = stored.pending.at(-1)?.order ?? 0;
    this.#order = durable;
    const outcome = rebase(docs, early, allKeys(docs), this.#rules);
    const records = new Records();
    for (const mutation of early) {
      const added = { ...(outcome.replaced.get(mutation) ?? mutation), order: ++this.#order };
      this.pending.add(added);
      records.putPending(added);
    }
    this.#value = outcome.value;
    for (const refusal of outcome.refused) records.putRejected(refusal);
    return { moved: { ...outcome, before, batch: records.batch(), confirmed: [] }, durable };
  }

  /** Moves base and pending in one step. */
  advance(step: Step): Moved<D> {
    const before = this.#value;
    const records = new Records();
    const leaving = this.#lines.leave(step);
    const own = step.kind === 'commit' ? leaving.confirmed.at(-1)?.mutation : undefined;
    const moved = moveBase(this.#base, step, leaving.left, own);
    this.#base = moved.base;
    if (step.token !== undefined) this.#cursor = { token: step.token, version: step.version };
    else if (this.#cursor) this.#cursor = { ...this.#cursor, version: step.version };

    for (const { mutation } of leaving.confirmed) records.putAccepted(mutation);
    for (const refusal of leaving.refused) records.dropPending(refusal.mutation);
    if (step.lostData) this.#offerAgain(step, moved.dirty, records);
    const outcome = this.#rebase(moved.dirty);
    for (const after of outcome.replaced.values()) records.putPending(after);
    for (const old of this.#accepted.keep(leaving.confirmed, this.#rules.now())) records.dropAccepted(old);
    const refused = [...leaving.refused, ...outcome.refused];
    for (const refusal of refused) records.putRejected(refusal);
    return {
      before,
      value: this.#value,
      confirmed: leaving.confirmed,
      refused,
      conflicts: outcome.conflicts,
      batch: {
        ...records.batch(),
        ...(step.full ? { replace: true } : {}),
        docs: moved.docs,
        removed: moved.removed,
        ...(this.#cursor ? { cursor: this.#cursor } : {}),
      },
    };
  }

  #queue(
    write: ReplicaWrite<D>,
    { docs, edits, reads }: Tracked<D>,
    madeAt: number,
  ): PendingMutation<D> | undefined {
    if (edits.size === 0) return undefined;
    const changes = this.#rules.encode(edits);
    const mutation: PendingMutation<D> = {
      ...this.#lines.allot(),
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
  #offerAgain(step: Step, dirty: Map<string, number>, records: Records): void {
    const lost = this.#accepted.takeLost(step.used);
    if (lost.length === 0 && !this.#lines.hasGaps(step)) return;
    const waiting = this.pending.clear();
    this.#lines.begin(this.#rules.newClientId());
    for (const mutation of lost) records.dropAccepted(mutation);
    for (const mutation of waiting) records.dropPending(mutation);
    for (const mutation of [...lost, ...waiting]) {
      // What was read back from the store brings its changes only; they hold whole docs.
      const edits = mutation.edits.size > 0 ? mutation.edits : editsOf(mutation.changes, this.#base);
      const again = { ...mutation, ...this.#lines.allot(), edits, order: ++this.#order };
      for (const key of edits.keys()) if (!dirty.has(key)) dirty.set(key, -Infinity);
      this.pending.add(again);
      records.putPending(again);
    }
  }

  #rebase(dirty: ReadonlyMap<string, number>): Pick<Rebased<D>, 'conflicts' | 'refused' | 'replaced'> {
    if (!this.pending.isTouchedBy(dirty)) {
      const changes = Array.from(dirty.keys(), (key) => ({ key, after: this.#base.get(key) }));
      this.#value = this.#value.withChanges(changes);
      return { conflicts: [], refused: [], replaced: new Map() };
    }
    const outcome = rebase(this.#base, this.pending, dirty, this.#rules);
    this.pending.replace(outcome.replaced);
    this.#value = outcome.value;
    return outcome;
  }

  #revived(
    record: Omit<PendingMutation<D>, 'edits' | 'run'>,
    edits: ReadonlyMap<string, Edit<D>>,
  ): PendingMutation<D> {
    return { ...record, edits, run: record.call && this.#rules.revive(record.call) };
  }
}

/** What changes do to docs. */
function editsOf<D>(changes: readonly Change[], docs: DocMap<D>): Map<string, Edit<D>> {
  const edits = new Map<string, Edit<D>>();
  for (const change of changes) {
    edits.set(change.key, { before: docs.get(change.key), after: changedDoc(change, docs) });
  }
  return edits;
}

function allKeys<D>(docs: DocMap<D>): Map<string, number> {
  return new Map(Array.from(docs.keys(), (key) => [key, -Infinity]));
}
