import type { DocMap } from '@atomsync/atom';
import { encodeBody, type Change, type ClientId, type DocState, type Version } from '@atomsync/protocol';
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import type { Conflict } from '../conflict';
import { authorOf, type Edit, type MutationId, type PendingMutation } from '../pending';
import {
  decodePending,
  encodeRejected,
  pendingId,
  type PendingRecord,
  type RejectedRecord,
} from '../records';
import type { Refusal } from '../rebase';
import type { Replica } from '../replica';
import type { Moved } from '../replica-types';
import { inOneBuffer } from './one-buffer';
import type { FollowerMessage, GroupNews, LeaderMessage, OfferedMutation, Outcome } from './tab-message';

/** A group as the leading tab serves it to the others. */
export interface ServedGroup<D> {
  readonly name: string;
  readonly prefix: string;
  readonly replica: Replica<D>;
  readonly encode: (edits: ReadonlyMap<string, Edit<D>>) => readonly Change[];
  /** Takes another tab's write; `false` when it was taken before. */
  adopt(record: PendingRecord & Pick<PendingMutation<D>, 'redeems'>): boolean;
  /** Merges lent mutations that did not come back as plain data. */
  redeem(ids: readonly MutationId[]): void;
  news(): GroupNews;
  rejected(): readonly RejectedRecord[];
}

type Said = LeaderMessage extends infer M
  ? M extends LeaderMessage
    ? Omit<M, 'term' | 'group'>
    : never
  : never;

/** How long a tab may take to give a lent mutation back; milliseconds. */
const LENT_FOR = 2_000;

/**
 * The leading tab's side of one group: what a server is to clients, it is to the other tabs. Its value (base
 * with pending) is their base; versions count its changes, from 1 in each term. A write of theirs that was
 * made on the present value becomes one of its own pending mutations; any other is stale.
 */
export class TabFeed<D> {
  readonly #group: ServedGroup<D>;
  readonly #say: (said: Said) => void;
  readonly #scheduler: SchedulerLike;
  readonly #now: () => number;
  readonly #timers = new Subscription();
  /** Tabs that follow, and the version before which what they offer is stale. */
  readonly #tabs = new Map<string, Version>();
  /** Whose lines these are. */
  readonly #lines = new Map<ClientId, string>();
  /** The last change of each key, while anyone follows. */
  readonly #touched = new Map<string, Version>();
  /** Mutations that came back when they had been merged already, by what stands for them. */
  readonly #aliases = new Map<string, MutationId>();
  #hardening: { readonly order: number; readonly id: MutationId }[] = [];
  #version: Version = 1;

  constructor(
    group: ServedGroup<D>,
    say: (said: Said) => void,
    { scheduler, now }: { readonly scheduler: SchedulerLike; readonly now: () => number },
  ) {
    this.#group = group;
    this.#say = say;
    this.#scheduler = scheduler;
    this.#now = now;
    this.#expect(group.replica.loans.ids());
    say({ kind: 'again' });
  }

  /** Whether the tab is there that made a mutation. */
  isPresent({ clientId }: MutationId): boolean {
    return this.#lines.has(clientId);
  }

  hear(message: FollowerMessage): void {
    switch (message.kind) {
      case 'attach':
        this.#attach(message);
        return;
      case 'detach':
        this.#tabs.delete(message.from);
        for (const [line, tab] of this.#lines) if (tab === message.from) this.#lines.delete(line);
        if (this.#tabs.size === 0) this.#touched.clear();
        return;
      case 'offer':
        this.#decide(message);
        return;
      case 'forget':
    }
  }

  /** The value moved, or may have. `adopted`: by this write of another tab. */
  moved({ before, value, lent, confirmed, refused, conflicts }: Moved<D>, adopted?: MutationId): void {
    const outcomes = confirmed.map(({ mutation, version }) => ({
      id: this.#nameOf(mutation),
      accepted: { version, rebased: mutation.rebased },
    }));
    const returned = lent.map(authorOf);
    this.#expect(returned);
    if (this.#tabs.size === 0) return;
    if (value !== before || returned.length > 0 || adopted) this.#commit(before, value, returned, adopted);
    if (outcomes.length > 0) this.#say({ kind: 'outcomes', outcomes });
    if (refused.length > 0) this.refused(refused);
    if (conflicts.length > 0) this.#say({ kind: 'conflicts', conflicts: encodeConflicts(conflicts) });
  }

  /** A write of this tab. */
  wrote(before: DocMap<D>, value: DocMap<D>): void {
    if (this.#tabs.size > 0 && value !== before) this.#commit(before, value, []);
  }

  /** Refused after all, with nothing moved. */
  refused(refused: readonly Refusal<D>[]): void {
    const outcomes = refused.map(({ mutation, code, message }) => ({
      id: this.#nameOf(mutation),
      refused: { code, message },
    }));
    this.#say({ kind: 'outcomes', outcomes });
  }

  /** Own writes through this place are durable. */
  durable(order: number): void {
    const ids = this.#hardening.filter((each) => each.order <= order).map(({ id }) => id);
    if (ids.length === 0) return;
    this.#hardening = this.#hardening.filter((each) => each.order > order);
    this.#say({ kind: 'durable', ids });
  }

  tellNews(): void {
    if (this.#tabs.size > 0) this.#say({ kind: 'news', news: this.#group.news() });
  }

  tellRejected(to?: string): void {
    if (this.#tabs.size === 0) return;
    const records = this.#group.rejected().map(encodeRejected);
    this.#say({ kind: 'rejected', records, ...(to !== undefined && { to }) });
  }

  end(): void {
    this.#timers.unsubscribe();
  }

  #attach({ from: to, prefix, lines, held }: Extract<FollowerMessage, { kind: 'attach' }>): void {
    const { name, replica } = this.#group;
    if (prefix !== this.#group.prefix) {
      const error = otherPrefix(name, this.#group.prefix, prefix);
      this.#say({ kind: 'news', to, news: { phase: 'refused', pending: 0, ready: false, error } });
      return;
    }
    this.#tabs.set(to, this.#version);
    for (const line of [...lines, ...held.map(({ clientId }) => clientId)]) this.#lines.set(line, to);
    const { returned, outcomes } = this.#standing(held);
    this.#say({
      kind: 'group',
      to,
      returned,
      message: {
        type: 'changes',
        group: name,
        from: 0,
        docs: this.#docs(replica.value),
        cursor: { token: 'tab', version: this.#version },
        lines: lines.map((clientId) => ({ clientId, last: replica.taken.last(clientId), results: [] })),
      },
    });
    this.#say({ kind: 'news', to, news: this.#group.news() });
    if (outcomes.length > 0) this.#say({ kind: 'outcomes', to, outcomes });
    this.tellRejected(to);
  }

  /** What is known of mutations that a tab believes taken. */
  #standing(held: readonly MutationId[]): { returned: MutationId[]; outcomes: Outcome[] } {
    const { replica } = this.#group;
    if (held.length === 0) return { returned: [], outcomes: [] };
    const pending = new Set(Array.from(replica.pending, (mutation) => pendingId(authorOf(mutation))));
    const lent = new Set(replica.loans.ids().map(pendingId));
    const returned: MutationId[] = [];
    const outcomes: Outcome[] = [];
    for (const id of held) {
      const name = pendingId(id);
      if (pending.has(name)) continue;
      const no = this.#group.rejected().find((record) => pendingId(record.author ?? record) === name);
      if (no) outcomes.push({ id, refused: { code: no.code, message: no.message } });
      else if (lent.has(name) || !replica.taken.has(id)) returned.push(id);
      else outcomes.push({ id, accepted: { version: replica.version, rebased: 0 } });
    }
    return { returned, outcomes };
  }

  /** All docs, their bodies in one buffer: between tabs it is copied as one. */
  #docs(value: DocMap<D>): DocState[] {
    const edits = new Map(Array.from(value, ([key, after]) => [key, { before: undefined, after }] as const));
    const at = this.#now();
    return inOneBuffer(
      this.#group.encode(edits).flatMap((change) =>
        change.kind === 'put'
          ? {
              key: change.key,
              version: this.#version,
              at,
              schemaVersion: change.schemaVersion,
              body: change.body,
            }
          : [],
      ),
    );
  }

  #decide({ from: to, base, mutations }: Extract<FollowerMessage, { kind: 'offer' }>): void {
    const fence = this.#tabs.get(to);
    if (fence === undefined) {
      this.#say({ kind: 'again', to });
      return;
    }
    const exact = new Set<Version>();
    for (const offered of mutations) {
      const record = decodePending(offered.record);
      this.#lines.set(record.clientId, to);
      if (base < fence || this.#isStale(record, base, exact)) break;
      this.#take(record, offered);
      exact.add(this.#version);
    }
    this.#say({ kind: 'answered', to });
  }

  #take(record: PendingRecord, { redeems }: OfferedMutation): void {
    const id = { clientId: record.clientId, number: record.number };
    if (this.#group.adopt({ ...record, ...(redeems && { redeems }) })) {
      this.#hardening.push({ order: this.#group.replica.order, id });
      return;
    }
    // It is here already, under this name or as what it redeems: it leaves the other tab's pending.
    const { value } = this.#group.replica;
    if (this.#tabs.size > 0) this.#commit(value, value, [], id);
    const { outcomes } = this.#standing([redeems ?? id]);
    if (redeems && outcomes.length === 0) this.#aliases.set(pendingId(redeems), id);
    if (outcomes.length > 0) {
      this.#say({ kind: 'outcomes', outcomes: outcomes.map((outcome) => ({ ...outcome, id })) });
    }
    // While it is being written, its author hears of it with the others.
    const name = pendingId(redeems ?? id);
    if (!this.#hardening.some((each) => pendingId(each.id) === name))
      this.#say({ kind: 'durable', ids: [id] });
  }

  #isStale(
    { changes, reads, readsGroup }: PendingRecord,
    base: Version,
    exact: ReadonlySet<Version>,
  ): boolean {
    const moved = (key: string): boolean => {
      const version = this.#touched.get(key) ?? 0;
      return version > base && !exact.has(version);
    };
    if (readsGroup && this.#version - base !== exact.size) return true;
    return changes.some(({ key }) => moved(key)) || [...reads].some(moved);
  }

  #commit(before: DocMap<D>, value: DocMap<D>, returned: readonly MutationId[], adopted?: MutationId): void {
    const from = this.#version++;
    const edits = new Map<string, Edit<D>>();
    for (const { key, ...edit } of value.changesSince(before)) {
      edits.set(key, edit);
      this.#touched.set(key, this.#version);
    }
    for (const { clientId } of returned) {
      const tab = this.#lines.get(clientId);
      if (tab !== undefined) this.#tabs.set(tab, this.#version);
    }
    const { clientId, number } = adopted ?? NOBODY;
    const commit = {
      version: this.#version,
      clientId,
      number,
      at: this.#now(),
      changes: this.#group.encode(edits),
    };
    this.#say({
      kind: 'group',
      message: { type: 'commits', group: this.#group.name, from, to: this.#version, commits: [commit] },
      ...(returned.length > 0 && { returned }),
    });
  }

  /** Lent mutations that are not back in time are merged here. */
  #expect(ids: readonly MutationId[]): void {
    if (ids.length === 0) return;
    this.#timers.add(
      timer(LENT_FOR, this.#scheduler).subscribe(() => {
        this.#group.redeem(ids);
      }),
    );
  }

  #nameOf(mutation: PendingMutation<D>): MutationId {
    const id = authorOf(mutation);
    return this.#aliases.get(pendingId(id)) ?? id;
  }
}

function otherPrefix(group: string, here: string, there: string): { code: string; message: string } {
  const message =
    `Another tab has the group '${group}' open with prefix '${here}', and tabs share one connection: it cannot be ` +
    `opened with prefix '${there}' beside it. Use the same prefix in all tabs, or close it there first.`;
  return { code: 'GROUP_IN_USE', message };
}

/** The author of a change that no tab offered. */
const NOBODY: MutationId = { clientId: '', number: 0 };

/** Values of the app's keep their types only as the codec writes them. */
function encodeConflicts(conflicts: readonly Conflict[]): Uint8Array {
  return encodeBody(conflicts);
}
