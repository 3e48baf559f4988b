import type { DownMessage, FeedCursor, Resync, Version } from '@atomsync/protocol';
import { filter, firstValueFrom, interval, merge, Subject, take, tap, timer, type SchedulerLike } from 'rxjs';
import type { CommitStore } from '../store/commit-store';
import type { Turns } from '../turns';
import { CatchUp, type CatchUpDeps, type CatchUpStart, type CatchUpTarget } from './catch-up';
import type { Feed, FeedFrame, Follower } from './feed';
import type { Feeds } from './feeds';

/** Milliseconds between looks at a slow socket. */
const LOOK_AGAIN = 20;

/** The connection, as far as a feed needs it. */
export interface FeedSink {
  send(message: DownMessage): void;
  sendFrame(frame: Uint8Array): void;
  buffered(): number;
  /** What was sent has not been read for too long. */
  stalled(): void;
  /** A catch-up failed for reasons of the server's. */
  fault(group: string, error: unknown): void;
}

/** What is followed, and by whom. */
export interface FollowedFeed extends Pick<CatchUpTarget, 'group' | 'prefix' | 'owner'> {
  /** Of the docs that the follower writes. */
  readonly schemaVersion: number;
}

export interface SubscriptionDeps extends CatchUpDeps {
  readonly turns: Turns;
  readonly store: CommitStore;
  readonly feeds: Feeds;
  readonly scheduler: SchedulerLike;
  /** Bytes waiting in the socket above which a follower is dropped from its live feed, and a catch-up waits. */
  readonly maxBuffered: number;
  /** Milliseconds a catch-up waits for it at most. */
  readonly maxStall: number;
}

/**
 * One connection's place in one feed: first caught up page by page, then live. A follower whose socket is
 * slow loses its live frames and is caught up from the store once the socket has drained, so that it never
 * costs more memory than the bound.
 */
export class Subscription implements Follower {
  readonly #cancelled = new Subject<void>();
  #run = 0;
  #feed: Feed | undefined;
  #sent: Version = 0;
  #lines: readonly string[] = [];
  #rights = '';
  #suspended: 'live' | 'catching-up' | undefined;

  constructor(
    private readonly feed: FollowedFeed,
    private readonly sink: FeedSink,
    private readonly deps: SubscriptionDeps,
  ) {}

  get group(): string {
    return this.feed.group;
  }

  get prefix(): string {
    return this.feed.prefix;
  }

  get schemaVersion(): number {
    return this.feed.schemaVersion;
  }

  /** The lines the follower hears about. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The version through which the live feed has been sent; absent while catching up. */
  get head(): Version | undefined {
    return this.#feed?.to;
  }

  /** Catches up from the cursor, or in full, and goes live. Whatever was under way is given up. */
  open(cursor: FeedCursor | undefined, lines: readonly string[], rights: string): void {
    this.#lines = lines;
    this.#rights = rights;
    this.#begin(cursor === undefined ? { kind: 'full' } : { kind: 'cursor', cursor });
  }

  /** Begins anew from nothing. While a catch-up is under way, that one will do. */
  resync(reason: Resync['reason']): void {
    if (this.#suspended !== undefined) this.#suspended = 'catching-up';
    if (this.#feed === undefined) return;
    this.sink.send({ type: 'resync', group: this.group, reason });
    this.#begin({ kind: 'full' });
  }

  /** What may be read of the group, as a text that changes when it does; where it has, all is sent anew. */
  permit(rights: string): void {
    if (rights === this.#rights) return this.resume();
    this.#rights = rights;
    this.sink.send({ type: 'resync', group: this.group, reason: 'feed' });
    this.#begin({ kind: 'full' });
  }

  /** Sends nothing more until `resume`. */
  suspend(): void {
    this.#suspended ??= this.#feed === undefined ? 'catching-up' : 'live';
    this.close();
  }

  /** Goes on where it was. */
  resume(): void {
    const was = this.#suspended;
    if (was === undefined) return;
    if (was === 'live') return this.#begin({ kind: 'version', version: this.#sent });
    // Pages that were sent are not to be mixed with those of another time.
    this.sink.send({ type: 'resync', group: this.group, reason: 'feed' });
    this.#begin({ kind: 'full' });
  }

  deliver({ bytes, to }: FeedFrame): void {
    if (to <= this.#sent) return;
    if (this.sink.buffered() > this.deps.maxBuffered) {
      this.#begin({ kind: 'version', version: this.#sent });
      return;
    }
    this.sink.sendFrame(bytes);
    this.#sent = to;
  }

  fellBehind(): void {
    if (this.#feed !== undefined) this.#begin({ kind: 'version', version: this.#sent });
  }

  close(): void {
    this.#run++;
    this.#cancelled.next();
    this.#leave();
    this.deps.feeds.unfollow(this.group, this);
  }

  #begin(start: CatchUpStart): void {
    this.close();
    this.#suspended = undefined;
    const run = this.#run;
    this.#catchUp(start, () => run === this.#run).catch((error: unknown) => {
      if (run === this.#run) this.sink.fault(this.group, error);
    });
  }

  async #catchUp(start: CatchUpStart, isCurrent: () => boolean): Promise<void> {
    const { turns, store, feeds } = this.deps;
    const target: CatchUpTarget = {
      ...this.feed,
      rights: this.#rights,
      lines: this.#lines,
    };
    let catchUp = new CatchUp(target, start, this.deps);
    const followed = feeds.follow(this.group, this);
    if (followed !== undefined) await followed;
    while (isCurrent() && this.#feed === undefined) {
      if (this.sink.buffered() > this.deps.maxBuffered) await this.#drained();
      await turns.take(async () => {
        if (!isCurrent()) return;
        const { messages, head } = await store.read((reader) => catchUp.step(reader));
        if (!isCurrent()) return;
        for (const message of messages) this.sink.send(message);
        if (head === undefined) return;
        this.#sent = head;
        this.#feed = feeds.join(this.group, this.prefix, head, this);
        if (this.#feed === undefined)
          catchUp = new CatchUp(target, { kind: 'version', version: head }, this.deps);
        // What it was shown at once was too much for the socket.
        else if (!isCurrent()) this.#leave();
      });
    }
  }

  #drained(): Promise<unknown> {
    const { scheduler, maxBuffered, maxStall } = this.deps;
    const looks = interval(LOOK_AGAIN, scheduler).pipe(filter(() => this.sink.buffered() <= maxBuffered / 2));
    const late = timer(maxStall, scheduler).pipe(tap(() => this.sink.stalled()));
    return firstValueFrom(merge(looks, this.#cancelled, late).pipe(take(1)));
  }

  #leave(): void {
    if (this.#feed !== undefined) this.deps.feeds.leave(this.#feed, this);
    this.#feed = undefined;
  }
}
