import type { ClientId, Version } from '@atomsync/protocol';
import type { Step } from './apply';
import type { SeenMark } from './step-batch';
import { PendingQueue, type PendingMutation } from './pending';
import type { Refusal } from './rebase';
import { pendingId } from './records';

/** Numbers of one line in one group; it outlives the replica, which may be closed and opened again. */
export interface Line {
  clientId: ClientId;
  next: number;
}

/** An own mutation that is in base now. */
export interface Confirmed<D = never> {
  readonly mutation: PendingMutation<D>;
  readonly version: Version;
}

/** Own mutations that leave pending in one step. */
export interface Leaving<D> {
  /** All of them: what they predicted is in base now, or has been undone. */
  readonly left: readonly PendingMutation<D>[];
  readonly confirmed: readonly Confirmed<D>[];
  readonly refused: readonly Refusal<D>[];
}

/** A client's lines in one group, this life's and older ones with mutations left, and which of their numbers are open. */
export class OwnLines<D> {
  readonly pending = new PendingQueue<D>();
  readonly #line: Line;
  /** Left pending by a later number's commit; the answer that says why is still to come. */
  readonly #unanswered = new Map<string, PendingMutation<D>>();
  /** Lines of earlier lives, and their highest number. */
  readonly #older = new Map<ClientId, number>();

  constructor(line: Line) {
    this.#line = line;
  }

  /** The identity of the next own write. */
  allot(): { readonly clientId: ClientId; readonly number: number } {
    return { clientId: this.#line.clientId, number: this.#line.next++ };
  }

  /** A new line takes the place of this life's, which the server has lost numbers of. */
  begin(clientId: ClientId): void {
    this.#older.set(this.#line.clientId, this.#line.next - 1);
    this.#line.clientId = clientId;
    this.#line.next = 1;
  }

  /** Somebody else writes from now on: nothing is left of what was. */
  reset(clientId: ClientId): void {
    this.pending.clear();
    this.#unanswered.clear();
    this.#older.clear();
    this.#line.clientId = clientId;
    this.#line.next = 1;
  }

  /** Takes up a mutation of an earlier life. */
  restore(mutation: PendingMutation<D>): void {
    this.pending.add(mutation);
    if (mutation.clientId !== this.#line.clientId) this.#older.set(mutation.clientId, mutation.number);
  }

  /** All lines that may have numbers open here. */
  open(): ClientId[] {
    const lines = new Set([this.#line.clientId, ...this.pending.lines()]);
    for (const mutation of this.#unanswered.values()) lines.add(mutation.clientId);
    return [...lines];
  }

  /** How far the answers of a line have been dealt with. */
  answered(clientId: ClientId): SeenMark | undefined {
    const own = clientId === this.#line.clientId;
    let last = own ? this.#line.next - 1 : this.#older.get(clientId);
    if (last === undefined) return undefined;
    let closed = !own;
    for (const { clientId: line, number } of [...this.#unanswered.values(), ...this.#firstOf(clientId)]) {
      if (line !== clientId) continue;
      last = Math.min(last, number - 1);
      closed = false;
    }
    return { number: last, closed };
  }

  /** Whether the server has used fewer numbers of an own line than it answered, or than pending goes on from. */
  hasGaps({ used }: Step): boolean {
    return used.some(({ clientId, last }) => {
      const [first] = this.#firstOf(clientId);
      return first !== undefined && first.number > last + 1;
    });
  }

  /** Takes used-up numbers out of pending. */
  leave({ used, kind, version }: Step): Leaving<D> {
    const left: PendingMutation<D>[] = [];
    const confirmed: Confirmed<D>[] = [];
    const refused: Refusal<D>[] = [];
    for (const { clientId, last, results, answered } of used) {
      const taken = this.pending.takeThrough(clientId, last);
      left.push(...taken);
      for (const mutation of taken) {
        if (answered || (kind === 'commit' && mutation.number === last)) continue;
        this.#unanswered.set(pendingId(mutation), mutation);
      }
      const settled = answered
        ? [...this.#takeUnanswered(clientId, last), ...taken]
        : taken.filter(({ number }) => number === last);
      for (const mutation of settled) {
        const answer = results.find((result) => result.number === mutation.number);
        if (answer?.kind === 'refused') {
          refused.push({ mutation, code: answer.code, message: answer.message });
        } else {
          confirmed.push({ mutation, version: answer?.kind === 'accepted' ? answer.version : version });
        }
      }
    }
    return { left, confirmed, refused };
  }

  /** Takes out what waits for an answer that a restored server cannot give: it does not know the numbers (any more). */
  takeLost(used: Step['used']): readonly PendingMutation<D>[] {
    const last = new Map(used.map((line) => [line.clientId, line.last]));
    const lost: PendingMutation<D>[] = [];
    for (const [id, mutation] of this.#unanswered) {
      if (mutation.number <= (last.get(mutation.clientId) ?? Infinity)) continue;
      this.#unanswered.delete(id);
      lost.push(mutation);
    }
    return lost;
  }

  #firstOf(clientId: ClientId): PendingMutation<D>[] {
    for (const mutation of this.pending) if (mutation.clientId === clientId) return [mutation];
    return [];
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
}
