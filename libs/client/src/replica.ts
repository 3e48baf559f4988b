import { DocMap, type Doc } from '@atomsync/atom';
import {
  applyPatch,
  decodeBody,
  decodePatch,
  encodeBody,
  valuesEqual,
  type Body,
  type Change,
  type ClientId,
  type FeedCursor,
  type Version,
} from '@atomsync/protocol';
import type { Step } from './apply';
import { ClientError } from './errors';
import type { SeenMark } from './journal';
import type { Conflict } from './conflict';
import type { ScopedCall } from './named-call';
import { PendingQueue, type Edit, type NamedCall, type PendingMutation, type WriteTerms } from './pending';
import { assertSameOutcome, inDevelopment } from './purity';
import { rebase, runTracked, withEdits, type RebaseRules, type Refusal, type Tracked } from './rebase';
import {
  decodePending,
  encodePending,
  encodeRejected,
  isPendingId,
  pendingId,
  rejectedId,
  type RejectedRecord,
} from './records';
import type { LocalBatch, LocalDoc, LocalState } from './store/local-store';

/** A write as the replica takes it. */
export interface ReplicaWrite<D> {
  readonly run: (docs: DocMap<D>) => DocMap<D>;
  /** Run again on a newer base; otherwise its outcome is plain data, merged field by field. */
  readonly rerun: boolean;
  readonly named?: ScopedCall | undefined;
  readonly readsGroup?: boolean;
  readonly terms?: WriteTerms;
}

/** An own mutation that is in base now. */
export interface Confirmed<D = never> {
  readonly mutation: PendingMutation<D>;
  readonly version: Version;
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
  readonly schemaVersion: number;
  /** The function of a stored named swap; `undefined` when this program does not know it (any more). */
  readonly revive: (call: NamedCall) => ((docs: DocMap<D>) => DocMap<D>) | undefined;
}

const NO_TERMS: WriteTerms = {};

/** A swap whose function writes to its own atom is run again; one that always does never settles. */
const MAX_RUNS = 100;

/** Numbers of one line in one group; it outlives the replica, which may be closed and opened again. */
export interface Line {
  readonly clientId: ClientId;
  next: number;
}

/**
 * One group as this client holds it: base (confirmed through `version`), pending (own mutations since) and
 * value (base with pending applied). Nothing here waits, sends or stores: each method makes one step and
 * returns what it did.
 */
export class Replica<D> {
  readonly #rules: ReplicaRules<D>;
  readonly #line: Line;
  readonly #pending = new PendingQueue<D>();
  /** Left pending by a later number's commit; the answer that says why is still to come. */
  readonly #unanswered = new Map<string, PendingMutation<D>>();
  #base = DocMap.empty<D>();
  #value = DocMap.empty<D>();
  #cursor: FeedCursor | undefined;
  #order = 0;
  /** Older lines that had mutations in the local store, and their highest number. */
  readonly #olderLast = new Map<ClientId, number>();

  constructor(line: Line, rules: ReplicaRules<D>) {
    this.#line = line;
    this.#rules = rules;
  }

  get value(): DocMap<D> {
    return this.#value;
  }

  get base(): DocMap<D> {
    return this.#base;
  }

  get version(): Version {
    return this.#cursor?.version ?? 0;
  }

  get cursor(): FeedCursor | undefined {
    return this.#cursor;
  }

  get pending(): PendingQueue<D> {
    return this.#pending;
  }

  /** The place of the youngest own write. */
  get order(): number {
    return this.#order;
  }

  /** Older lines that still have mutations here. */
  olderLines(): ClientId[] {
    const lines = new Set(this.#pending.lines());
    for (const mutation of this.#unanswered.values()) lines.add(mutation.clientId);
    lines.delete(this.#line.clientId);
    return [...lines];
  }

  /**
   * Runs an own write on `value` and queues it. Returns `undefined`, and changes nothing, when it came to
   * the very same docs. What `run`, `check` or `encode` throw goes through, with nothing changed.
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

  #queue(
    write: ReplicaWrite<D>,
    { docs, edits, reads }: Tracked<D>,
    madeAt: number,
  ): PendingMutation<D> | undefined {
    if (edits.size === 0) return undefined;
    const mutation: PendingMutation<D> = {
      clientId: this.#line.clientId,
      number: this.#line.next,
      order: this.#order + 1,
      edits,
      reads,
      readsGroup: write.readsGroup ?? false,
      run: write.rerun ? write.run : undefined,
      call: write.named?.call,
      scope: write.named?.scope,
      madeAt,
      terms: write.terms ?? NO_TERMS,
      changes: this.#rules.encode(edits),
      rebased: 0,
    };
    this.#line.next++;
    this.#order++;
    this.#pending.add(mutation);
    this.#value = docs;
    return mutation;
  }

  /** Takes up what the local store holds; writes made meanwhile are rebased on top of it. */
  restore(state: LocalState): { readonly moved: Moved<D>; readonly durable: number } {
    const before = this.#value;
    const early = this.#pending.clear();
    this.#base = DocMap.fromTrusted(
      state.docs.map((doc) => [doc.key, decodeBody(doc.body) as Doc<D>] as const),
    );
    this.#cursor = state.cursor;

    let docs = this.#base;
    const stored = this.#stored(state);
    for (const mutation of stored) {
      const edits = this.#editsOf(mutation.changes, docs);
      docs = withEdits(docs, edits);
      this.#pending.add({ ...mutation, edits });
      this.#olderLast.set(mutation.clientId, mutation.number);
    }
    const durable = stored.at(-1)?.order ?? 0;
    this.#order = durable;
    const everything = new Map([...docs.keys()].map((key) => [key, -Infinity]));
    const outcome = rebase(docs, early, everything, this.#rules);
    const records = new Map<string, Uint8Array>();
    for (const mutation of early) {
      const added = { ...(outcome.replaced.get(mutation) ?? mutation), order: ++this.#order };
      this.#pending.add(added);
      records.set(pendingId(added), encodePending(added));
    }
    this.#value = outcome.value;
    this.#keepRejected(outcome.refused, records);
    return { moved: { ...outcome, before, batch: { records }, confirmed: [] }, durable };
  }

  /** Moves base and pending in one step. */
  advance(step: Step): Moved<D> {
    const before = this.#value;
    const records = new Map<string, Uint8Array>();
    const dropped: string[] = [];
    const answered = this.#leave(step, records, dropped);
    const predicted = new Map<string, Doc<D> | undefined>();
    for (const mutation of answered.left)
      for (const [key, { after }] of mutation.edits) predicted.set(key, after);

    const own = step.kind === 'commit' ? answered.confirmed.at(-1)?.mutation : undefined;
    const moved = this.#moveBase(step, predicted, own);
    if (step.token !== undefined) this.#cursor = { token: step.token, version: step.version };
    else if (this.#cursor) this.#cursor = { ...this.#cursor, version: step.version };

    const outcome = this.#rebase(moved.dirty);
    for (const after of outcome.replaced.values()) records.set(pendingId(after), encodePending(after));
    const refused = [...answered.refused, ...outcome.refused];
    this.#keepRejected(refused, records);
    return {
      before,
      value: this.#value,
      confirmed: answered.confirmed,
      refused,
      conflicts: outcome.conflicts,
      batch: {
        ...(step.full ? { replace: true } : {}),
        docs: moved.docs,
        removed: moved.removed,
        ...(this.#cursor ? { cursor: this.#cursor } : {}),
        records,
        droppedRecords: dropped,
      },
    };
  }

  /** How far the answers of a line have been dealt with. */
  answered(clientId: ClientId): SeenMark | undefined {
    const own = clientId === this.#line.clientId;
    let last = own ? this.#line.next - 1 : this.#olderLast.get(clientId);
    if (last === undefined) return undefined;
    let closed = !own;
    for (const { clientId: line, number } of [...this.#unanswered.values(), ...this.#firstOf(clientId)]) {
      if (line !== clientId) continue;
      last = Math.min(last, number - 1);
      closed = false;
    }
    return { number: last, closed };
  }

  #firstOf(clientId: ClientId): PendingMutation<D>[] {
    for (const mutation of this.#pending) if (mutation.clientId === clientId) return [mutation];
    return [];
  }

  /** Takes used-up numbers out of pending. */
  #leave(
    { used, kind, version }: Step,
    records: Map<string, Uint8Array>,
    dropped: string[],
  ): { left: PendingMutation<D>[]; confirmed: Confirmed<D>[]; refused: Refusal<D>[] } {
    const left: PendingMutation<D>[] = [];
    const confirmed: Confirmed<D>[] = [];
    const refused: Refusal<D>[] = [];
    for (const { clientId, last, results, answered } of used) {
      const taken = this.#pending.takeThrough(clientId, last);
      left.push(...taken);
      for (const mutation of taken) {
        if (answered || (kind === 'commit' && mutation.number === last)) continue;
        this.#unanswered.set(pendingId(mutation), mutation);
      }
      const settled = answered ? [...this.#takeUnanswered(clientId, last), ...taken] : taken;
      for (const mutation of settled) {
        if (!answered && mutation.number !== last) continue;
        const answer = results.find((result) => result.number === mutation.number);
        dropped.push(pendingId(mutation));
        if (answer?.kind === 'refused')
          refused.push({ mutation, code: answer.code, message: answer.message });
        else confirmed.push({ mutation, version: answer?.kind === 'accepted' ? answer.version : version });
      }
    }
    for (const id of dropped) records.delete(id);
    return { left, confirmed, refused };
  }

  #takeUnanswered(clientId: ClientId, last: number): PendingMutation<D>[] {
    const taken: PendingMutation<D>[] = [];
    for (const [id, mutation] of this.#unanswered) {
      if (mutation.clientId !== clientId || mutation.number > last) continue;
      this.#unanswered.delete(id);
      taken.push(mutation);
    }
    return taken;
  }

  /** Puts a step's docs into base; a doc that is what own mutations made of it keeps its identity. */
  #moveBase(
    step: Step,
    predicted: ReadonlyMap<string, Doc<D> | undefined>,
    own: PendingMutation<D> | undefined,
  ): { docs: LocalDoc[]; removed: string[]; dirty: Map<string, number> } {
    const old = this.#base;
    const docs: LocalDoc[] = [];
    const removed: string[] = [];
    const changes: { readonly key: string; readonly after: Doc<D> | undefined }[] = [];
    const times = new Map<string, number>();
    const expected = (key: string): Doc<D> | undefined =>
      predicted.has(key) ? predicted.get(key) : old.get(key);

    for (const { change, at } of step.docs) {
      const { key } = change;
      times.set(key, at);
      if (change.kind === 'delete') {
        changes.push({ key, after: undefined });
        removed.push(key);
        continue;
      }
      const doc = this.#readDoc(change, old, own, expected(key));
      changes.push({ key, after: doc });
      const body = change.kind === 'put' ? change.body : encodeBody(doc);
      docs.push({ key, schemaVersion: change.schemaVersion, body });
    }
    this.#base = (step.full ? DocMap.empty<D>() : old).withChanges(changes);

    const dirty = new Map<string, number>();
    const compare = (key: string): void => {
      if (this.#base.get(key) !== expected(key)) dirty.set(key, times.get(key) ?? -Infinity);
    };
    if (step.full) for (const { key } of this.#base.changesSince(old)) compare(key);
    else for (const { change } of step.docs) compare(change.key);
    for (const key of predicted.keys()) compare(key);
    return { docs, removed, dirty };
  }

  #readDoc(
    change: Exclude<Change, { kind: 'delete' }>,
    old: DocMap<D>,
    own: PendingMutation<D> | undefined,
    expected: Doc<D> | undefined,
  ): Doc<D> {
    const sent = own?.changes.find((candidate) => candidate.key === change.key);
    if (sent && expected !== undefined && sameChange(sent, change)) return expected;
    const doc = this.#decodeChange(change, old);
    return expected !== undefined && valuesEqual(doc, expected) ? expected : doc;
  }

  #decodeChange(change: Exclude<Change, { kind: 'delete' }>, docs: DocMap<D>): Doc<D> {
    return change.kind === 'put'
      ? (decodeBody(change.body) as Doc<D>)
      : (applyPatch(decodePatch(change.patch), docs.get(change.key)) as Doc<D>);
  }

  #rebase(dirty: ReadonlyMap<string, number>): Pick<Moved<D>, 'conflicts' | 'refused'> & {
    replaced: ReadonlyMap<PendingMutation<D>, PendingMutation<D>>;
  } {
    if (!this.#pending.isTouchedBy(dirty)) {
      this.#value = this.#value.withChanges(
        Array.from(dirty.keys(), (key) => ({ key, after: this.#base.get(key) })),
      );
      return { conflicts: [], refused: [], replaced: new Map() };
    }
    const outcome = rebase(this.#base, this.#pending, dirty, this.#rules);
    this.#pending.replace(outcome.replaced);
    this.#value = outcome.value;
    return outcome;
  }

  #stored(state: LocalState): PendingMutation<D>[] {
    const stored: PendingMutation<D>[] = [];
    for (const [id, bytes] of state.records) {
      if (!isPendingId(id)) continue;
      const record = decodePending(bytes);
      stored.push({ ...record, edits: new Map(), run: record.call && this.#rules.revive(record.call) });
    }
    return stored.sort((a, b) => a.order - b.order);
  }

  #editsOf(changes: readonly Change[], docs: DocMap<D>): Map<string, Edit<D>> {
    const edits = new Map<string, Edit<D>>();
    for (const change of changes) {
      const before = docs.get(change.key);
      const after = change.kind === 'delete' ? undefined : this.#decodeChange(change, docs);
      edits.set(change.key, { before, after });
    }
    return edits;
  }

  #keepRejected(refused: readonly Refusal<D>[], records: Map<string, Body>): void {
    for (const refusal of refused)
      records.set(rejectedId(refusal.mutation), encodeRejected(toRejected(refusal)));
  }
}

/** A refused mutation as it is kept and shown. */
export function toRejected<D>({ mutation, code, message }: Refusal<D>): RejectedRecord {
  const docs = new Map<string, unknown>();
  for (const [key, edit] of mutation.edits) docs.set(key, edit.after);
  const { clientId, number, madeAt, call } = mutation;
  return { clientId, number, code, message, madeAt, docs, call };
}

function sameChange(a: Change, b: Change): boolean {
  if (a.kind === 'put' && b.kind === 'put') return sameBytes(a.body, b.body);
  return a.kind === 'patch' && b.kind === 'patch' && sameBytes(a.patch, b.patch);
}

function sameBytes(a: Body, b: Body): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
