import type { Push } from '@atomsync/protocol';
import {
  Observable,
  Subject,
  timer,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import type { DecidedPush } from './commit-batch';
import type { Queued } from './queued-push';

/** When a line is given its turn. */
export interface Fairness {
  /** Stale answers in a row after which a line's docs are kept for its next push. */
  readonly after: number;
  /** How long they are kept at most, in milliseconds. */
  readonly hold: number;
}

export const DEFAULT_FAIRNESS: Fairness = { after: 3, hold: 500 };

/** Lines that may be waiting at once; beyond, counting begins anew, which costs a line a few rounds. */
const MAX_WAITING = 10_000;

interface Reservation {
  readonly line: string;
  /** Absent: the whole group. */
  readonly keys: ReadonlySet<string> | undefined;
  readonly end: Subscription;
}

/**
 * Fairness among clients that run the same docs' swaps themselves. Whoever is nearest wins every round, and
 * one who is far away would be stale for ever. So a line that has been stale several times in a row is given
 * a turn: until its next push arrives, or the hold is over, pushes of others that touch the same docs wait.
 *
 * No line gets two turns in a row while another one is due.
 */
export class Reservations {
  readonly #fairness: Fairness;
  readonly #scheduler: SchedulerLike;
  readonly #stale = new Map<string, number>();
  readonly #active = new Map<string, Reservation>();
  readonly #released$ = new Subject<void>();
  readonly #lastTurn = new Map<string, string>();

  constructor(scheduler: SchedulerLike, fairness: Fairness = DEFAULT_FAIRNESS) {
    this.#scheduler = scheduler;
    this.#fairness = fairness;
  }

  /** Holds back pushes that touch docs kept for another line. */
  holdBack(): MonoTypeOperatorFunction<Queued> {
    return (source) =>
      new Observable<Queued>((subscriber) => {
        let held: Queued[] = [];
        const offer = (item: Queued): void => {
          if (this.#isKept(item)) held.push(item);
          else subscriber.next(item);
        };
        const subscription = this.#released$.subscribe(() => {
          const waiting = held;
          held = [];
          for (const item of waiting) offer(item);
        });
        subscription.add(
          source.subscribe({
            next: offer,
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              for (const item of held) subscriber.next(item);
              subscriber.complete();
            },
          }),
        );
        return subscription;
      });
  }

  /** Counts stale answers, ends the turns that were taken, and gives new ones. */
  decided(pushes: readonly DecidedPush[]): void {
    const due = new Map<string, DecidedPush[]>();
    for (const decided of pushes) {
      const { push, outcome } = decided;
      if (outcome.kind !== 'decided') continue;
      const line = lineOf(push);
      this.#end(push.group, line);
      const isStale = outcome.results.at(-1)?.kind === 'stale';
      if (!isStale || outcome.results.length > 1) this.#stale.delete(line);
      if (!isStale) continue;
      const times = (this.#stale.get(line) ?? 0) + 1;
      if (this.#stale.size >= MAX_WAITING) this.#stale.clear();
      this.#stale.set(line, times);
      if (times >= this.#fairness.after) due.set(push.group, [...(due.get(push.group) ?? []), decided]);
    }
    for (const [group, candidates] of due) this.#giveTurn(group, candidates);
  }

  #giveTurn(group: string, candidates: readonly DecidedPush[]): void {
    if (this.#active.has(group)) return;
    const others = candidates.filter(({ push }) => lineOf(push) !== this.#lastTurn.get(group));
    const waited = ({ push }: DecidedPush): number => this.#stale.get(lineOf(push)) ?? 0;
    const [first] = (others.length > 0 ? others : [...candidates]).sort((a, b) => waited(b) - waited(a));
    if (first === undefined) return;
    const line = lineOf(first.push);
    if (this.#lastTurn.size >= MAX_WAITING) this.#lastTurn.clear();
    this.#lastTurn.set(group, line);
    this.#active.set(group, {
      line,
      keys: staleKeys(first),
      end: timer(this.#fairness.hold, this.#scheduler).subscribe(() => this.#end(group, line)),
    });
  }

  #end(group: string, line: string): void {
    const reservation = this.#active.get(group);
    if (reservation?.line !== line) return;
    reservation.end.unsubscribe();
    this.#active.delete(group);
    this.#released$.next();
  }

  #isKept(item: Queued): boolean {
    if ('seen' in item || ('push' in item && item.source.isDropped())) return false;
    const { group, clientId } = 'push' in item ? item.push : item.write;
    const reservation = this.#active.get(group);
    if (reservation === undefined || reservation.line === lineOf({ group, clientId })) return false;
    const { keys } = reservation;
    if (keys === undefined) return true;
    if ('write' in item) return item.write.keys.some((key) => keys.has(key));
    return item.push.mutations.some(({ changes }) => changes.some(({ key }) => keys.has(key)));
  }
}

function lineOf({ group, clientId }: Pick<Push, 'group' | 'clientId'>): string {
  return `${group}\n${clientId}`;
}

/** The docs that the stale mutation depends on. */
function staleKeys({ push, outcome }: DecidedPush): ReadonlySet<string> | undefined {
  const number = outcome.kind === 'decided' ? outcome.results.at(-1)?.number : undefined;
  const stale = push.mutations.find((mutation) => mutation.number === number);
  if (stale === undefined || stale.reads === 'group') return undefined;
  return new Set([...stale.changes.map(({ key }) => key), ...stale.reads]);
}
