import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  finalize,
  from,
  lastValueFrom,
  of,
  race,
  Subject,
  Subscription,
  switchMap,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { Version } from '@atomsync/protocol';
import { decodeBusMessage, encodeBusMessage } from '../bus/bus-message';
import type { CommitBus } from '../bus/commit-bus';
import type { Committed } from '../commit-batch';
import type { CommitStore, Epoch } from '../store/commit-store';
import { SharedFeeds } from './shared-feeds';

/** How often the store is asked for what the bus may have lost. Milliseconds. */
export interface LookAfter {
  /** While the bus works. */
  readonly whileUp: number;
  /** While it does not, or there is none. */
  readonly whileDown: number;
}

export const DEFAULT_LOOK_AFTER: LookAfter = { whileUp: 5_000, whileDown: 1_000 };

/** The bus brings what is missing sooner than the store would be read. */
const PATIENCE = 50;
/** Milliseconds that the bus has to follow a group before those who wait read the store all the same. */
const PATIENCE_TO_FOLLOW = 1_000;
/** Groups of one question. */
const AT_ONCE = 1_000;

/** How commits of other gateways come here: over the bus, or by looking into the store alone. */
export type BusState = 'ok' | 'down' | 'none';

/** A group goes through a version, as others have said, or the store. */
export interface Moved {
  readonly group: string;
  readonly head: Version;
}

export interface NeighboursDeps {
  readonly store: CommitStore;
  readonly bus: CommitBus | undefined;
  readonly scheduler: SchedulerLike;
  readonly lookAfter: LookAfter;
  readonly epoch: () => Epoch;
  readonly onFault: (error: unknown) => void;
}

/**
 * The other gateways on the same data. What is committed here is told to them over the bus, and what they tell is shown
 * to those who follow the group here. The heads of all groups that are followed are looked up in the store from time to
 * time, so that nobody stays behind for longer than that, whatever the bus loses.
 */
export class Neighbours {
  readonly feeds: SharedFeeds;
  /** Commits of others, for those who read them from the store. */
  readonly moved$ = new Subject<Moved>();
  /** The heads of groups that are followed were looked up; those of patterns are not among them. */
  readonly lookedUp$ = new Subject<void>();
  readonly #deps: NeighboursDeps;
  /** Beside the groups of feeds: how many here follow a group or a pattern. */
  readonly #followed = new Map<string, number>();
  readonly #running = new Subscription();
  #busState: BusState;

  constructor(deps: NeighboursDeps) {
    const { bus, scheduler, lookAfter } = deps;
    this.#deps = deps;
    this.#busState = bus === undefined ? 'none' : 'down';
    this.feeds = new SharedFeeds({
      scheduler,
      patience: () => (this.#busState === 'ok' ? PATIENCE : 0),
      begun: (group) => this.#begin(group),
      ended: (group) => this.#end(group),
    });
    const isUp$ = bus?.isUp$ ?? of(false);
    this.#running.add(bus?.messages$.subscribe((bytes) => this.#hear(bytes)));
    this.#running.add(
      isUp$
        .pipe(
          tap((isUp) => bus !== undefined && (this.#busState = isUp ? 'ok' : 'down')),
          // At once too: what was told while it changed may have been lost.
          switchMap((isUp) => timer(0, isUp ? lookAfter.whileUp : lookAfter.whileDown, scheduler)),
          exhaustMap(() => this.#look()),
        )
        .subscribe(),
    );
  }

  get busState(): BusState {
    return this.#busState;
  }

  /** Tells the others what a transaction stored. */
  tell(): MonoTypeOperatorFunction<Committed> {
    const { bus, epoch } = this.#deps;
    return tap(({ commits }) => {
      if (bus === undefined || this.#busState !== 'ok') return;
      for (const [group, made] of commits) {
        const head = made.at(-1)!.version;
        bus.publish(group, encodeBusMessage({ epoch: epoch().id, group, head, commits: made }));
      }
    });
  }

  /** Hears of a group, or of all that match a pattern, until it is unsubscribed from. */
  follow(group: string): Observable<Moved> {
    return defer(() => {
      this.#begin(group).catch((error: unknown) => this.#deps.onFault(error));
      return this.moved$.pipe(finalize(() => this.#end(group)));
    });
  }

  close(): void {
    this.#running.unsubscribe();
    this.feeds.close();
    this.moved$.complete();
    this.lookedUp$.complete();
  }

  #begin(group: string): Promise<void> {
    this.#followed.set(group, (this.#followed.get(group) ?? 0) + 1);
    const { bus, scheduler } = this.#deps;
    if (bus === undefined) return Promise.resolve();
    // One that answers nothing must not keep anybody from the store.
    return lastValueFrom(race(from(bus.follow(group)), timer(PATIENCE_TO_FOLLOW, scheduler))).then(
      () => undefined,
    );
  }

  #end(group: string): void {
    const others = (this.#followed.get(group) ?? 1) - 1;
    if (others > 0) {
      this.#followed.set(group, others);
    } else {
      this.#followed.delete(group);
      this.#deps.bus?.unfollow(group);
    }
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeBusMessage(bytes);
    // Those of another epoch know something that this process is about to learn.
    if (message?.epoch !== this.#deps.epoch().id) return;
    const { group, head, commits } = message;
    if (commits.length > 0) this.feeds.show(group, commits);
    this.feeds.reached(group, head);
    this.moved$.next({ group, head });
  }

  #look(): Observable<unknown> {
    return defer(() => this.#lookAll()).pipe(
      catchError((error: unknown) => {
        this.#deps.onFault(error);
        return EMPTY;
      }),
    );
  }

  async #lookAll(): Promise<void> {
    this.lookedUp$.next();
    const names = [...this.#followed.keys()];
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const groups = names.slice(at, at + AT_ONCE);
      const rows = await this.#deps.store.read((reader) => reader.load({ groups, docs: [], lines: [] }));
      for (const { name, head } of rows.groups) {
        this.feeds.reached(name, head);
        this.moved$.next({ group: name, head });
      }
    }
  }
}
