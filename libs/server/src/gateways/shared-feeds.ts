import type { Commit, Version } from '@atomsync/protocol';
import { timer, type SchedulerLike, type Subscription } from 'rxjs';
import { Feed, type Follower } from '../feeds/feed';
import { Feeds } from '../feeds/feeds';

export interface SharedFeedsOptions {
  readonly scheduler: SchedulerLike;
  /** Milliseconds that a missing commit is waited for before the store is read. */
  readonly patience: () => number;
  /** Somebody follows a group from here on; resolves when commits of others are heard of, or cannot be. */
  readonly begun: (group: string) => Promise<void>;
  /** Nobody does any more. */
  readonly ended: (group: string) => void;
}

/** Commits that wait for one before them; beyond, the store is read. */
const MAX_WAITING = 1024;
/** Milliseconds for which a group is still heard of when nobody follows it: clients come back. */
const LINGER = 5_000;

interface Waiting {
  readonly version: Version;
  readonly run: () => void;
}

/** What is known here of one group that somebody follows. */
class SharedGroup {
  readonly followers = new Set<Follower>();
  readonly feeds = new Map<string, Feed>();
  readonly commits = new Map<Version, Commit>();
  readonly begun: Promise<void>;
  acknowledgements: Waiting[] = [];
  /** All that are live have been shown the commits through here; absent while nobody is. */
  shown: Version | undefined;
  /** The group is known to go through here. */
  known: Version = 0;
  gap: Subscription | undefined;
  linger: Subscription | undefined;

  constructor(begun: Promise<void>) {
    this.begun = begun;
  }
}

/**
 * Feeds of a gateway that is one of several. Commits come from here and from others, late, twice or never; they are
 * shown in the order of their versions, each once:
 *
 *   next version ───────────────────▶ shown to all
 *   shown already ──────────────────▶ dropped
 *   one before it is missing ───────▶ waits; after a moment all followers catch up from the store
 */
export class SharedFeeds extends Feeds {
  readonly #groups = new Map<string, SharedGroup>();

  constructor(private readonly options: SharedFeedsOptions) {
    super();
  }

  /** Groups that somebody follows. */
  get groups(): string[] {
    return [...this.#groups.keys()];
  }

  override follow(name: string, follower: Follower): Promise<void> {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = new SharedGroup(this.options.begun(name))));
    group.linger?.unsubscribe();
    group.followers.add(follower);
    return group.begun;
  }

  override unfollow(name: string, follower: Follower): void {
    const group = this.#groups.get(name);
    if (group?.followers.delete(follower) !== true || group.followers.size > 0) return;
    group.linger?.unsubscribe();
    group.linger = timer(LINGER, this.options.scheduler).subscribe(() => {
      group.gap?.unsubscribe();
      this.#groups.delete(name);
      this.options.ended(name);
    });
  }

  override join(name: string, prefix: string, head: Version, follower: Follower): Feed | undefined {
    const group = this.#groups.get(name)!;
    // Others were shown more meanwhile, and it is not shown again.
    if (head < (group.shown ?? 0)) return undefined;
    group.shown ??= head;
    group.known = Math.max(group.known, head);
    let feed = group.feeds.get(prefix);
    if (feed === undefined) group.feeds.set(prefix, (feed = new Feed(name, prefix, group.shown)));
    feed.followers.add(follower);
    this.#settle(group);
    return feed;
  }

  override leave(feed: Feed, follower: Follower): void {
    feed.followers.delete(follower);
    const group = this.#groups.get(feed.group);
    if (feed.followers.size > 0 || group?.feeds.get(feed.prefix) !== feed) return;
    group.feeds.delete(feed.prefix);
    if (group.feeds.size === 0) this.#nobodyIsLive(group);
  }

  override show(name: string, commits: readonly Commit[]): void {
    const group = this.#groups.get(name);
    const head = commits.at(-1)?.version;
    if (group === undefined || head === undefined) return;
    for (const commit of commits) group.commits.set(commit.version, commit);
    group.known = Math.max(group.known, head);
    this.#settle(group);
  }

  /** The store has the group through this version. */
  reached(name: string, head: Version): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    group.known = Math.max(group.known, head);
    this.#settle(group);
  }

  override whenShown(name: string, version: Version, run: () => void): void {
    const group = this.#groups.get(name);
    if (group?.shown === undefined || group.shown >= version) return run();
    group.acknowledgements.push({ version, run });
  }

  /** Ends all waiting. */
  close(): void {
    for (const { gap, linger } of this.#groups.values()) {
      gap?.unsubscribe();
      linger?.unsubscribe();
    }
    this.#groups.clear();
  }

  #settle(group: SharedGroup): void {
    if (group.shown !== undefined) this.#showNext(group, group.shown);
    if (group.commits.size > MAX_WAITING) group.commits.clear();
    if (group.shown === undefined || group.shown >= group.known) {
      group.gap?.unsubscribe();
      group.gap = undefined;
    } else {
      group.gap ??= timer(this.options.patience(), this.options.scheduler).subscribe(() => this.#heal(group));
    }
  }

  #showNext(group: SharedGroup, shown: Version): void {
    const next: Commit[] = [];
    for (let commit = group.commits.get(shown + 1); commit; commit = group.commits.get(commit.version + 1)) {
      next.push(commit);
    }
    const through = next.at(-1)?.version ?? shown;
    group.shown = through;
    for (const version of group.commits.keys()) if (version <= through) group.commits.delete(version);
    if (next.length > 0) for (const feed of [...group.feeds.values()]) feed.show(next);
    const waiting = group.acknowledgements;
    if (waiting.length === 0) return;
    group.acknowledgements = waiting.filter(({ version }) => version > through);
    for (const { version, run } of waiting) if (version <= through) run();
  }

  /** Something was lost: who was live catches up. */
  #heal(group: SharedGroup): void {
    group.feeds.clear();
    group.commits.clear();
    this.#nobodyIsLive(group);
    for (const follower of [...group.followers]) follower.fellBehind();
  }

  #nobodyIsLive(group: SharedGroup): void {
    group.shown = undefined;
    group.gap?.unsubscribe();
    group.gap = undefined;
    const waiting = group.acknowledgements;
    group.acknowledgements = [];
    for (const { run } of waiting) run();
  }
}
