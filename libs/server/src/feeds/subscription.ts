import type { DownMessage, FeedCursor, Resync, Version } from '@atomsync/protocol';
import { filter, firstValueFrom, interval, merge, Subject, take, type SchedulerLike } from 'rxjs';
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
  /** A catch-up failed for reasons of the server's. */
  fault(group: string, error: unknown): void;
}

export interface SubscriptionDeps extends CatchUpDeps {
  readonly turns: Turns;
  readonly store: CommitStore;
  readonly feeds: Feeds;
  readonly scheduler: SchedulerLike;
  /** Bytes waiting in the socket above which a follower is dropped from its live feed, and a catch-up waits. */
  readonly maxBuffered: number;
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

  constructor(
    readonly group: string,
    readonly prefix: string,
    private readonly owner: string,
    private readonly sink: FeedSink,
    private readonly deps: SubscriptionDeps,
  ) {}

  /** The version through which the live feed has been sent; absent while catching up. */
  get head(): Version | undefined {
    return this.#feed?.to;
  }

  /** Catches up from the cursor, or in full, and goes live. Whatever was under way is given up. */
  open(cursor: FeedCursor | undefined, lines: readonly string[]): void {
    this.#lines = lines;
    this.#begin(cursor === undefined ? { kind: 'full' } : { kind: 'cursor', cursor });
  }

  /** Begins anew from nothing. While a catch-up is under way, that one will do. */
  resync(reason: Resync['reason']): void {
    if (this.#feed === undefined) return;
    this.sink.send({ type: 'resync', group: this.group, reason });
    this.#begin({ kind: 'full' });
  }

  deliver({ bytes, to }: FeedFrame): void {
    if (this.sink.buffered() > this.deps.maxBuffered) {
      this.#begin({ kind: 'version', version: this.#sent });
      return;
    }
    this.sink.sendFrame(bytes);
    this.#sent = to;
  }

  close(): void {
    this.#run++;
    this.#cancelled.next();
    this.#leave();
  }

  #begin(start: CatchUpStart): void {
    this.close();
    const run = this.#run;
    this.#catchUp(start, () => run === this.#run).catch((error: unknown) => {
      if (run === this.#run) this.sink.fault(this.group, error);
    });
  }

  async #catchUp(start: CatchUpStart, isCurrent: () => boolean): Promise<void> {
    const { turns, store, feeds } = this.deps;
    const target: CatchUpTarget = {
      group: this.group,
      prefix: this.prefix,
      owner: this.owner,
      lines: this.#lines,
    };
    const catchUp = new CatchUp(target, start, this.deps);
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
      });
    }
  }

  #drained(): Promise<unknown> {
    const looks = interval(LOOK_AGAIN, this.deps.scheduler).pipe(
      filter(() => this.sink.buffered() <= this.deps.maxBuffered / 2),
    );
    return firstValueFrom(merge(looks, this.#cancelled).pipe(take(1)));
  }

  #leave(): void {
    if (this.#feed !== undefined) this.deps.feeds.leave(this.#feed, this);
    this.#feed = undefined;
  }
}
