import type { Commit, Version } from '@atomsync/protocol';
import { Feed, type Follower } from './feed';

/** All feeds that someone follows, by group and prefix. */
export class Feeds {
  readonly #groups = new Map<string, Map<string, Feed>>();

  /** Called before a follower is caught up; where there is a promise, once it has resolved. */
  follow(_group: string, _follower: Follower): Promise<void> | undefined {
    return undefined;
  }

  unfollow(_group: string, _follower: Follower): void {
    // Nobody else is told of commits here.
  }

  /**
   * Joins the feed, which exists from here on. `head` is the group's, read in the same turn. Absent where more has been
   * shown than that: catch up from there first.
   */
  join(group: string, prefix: string, head: Version, follower: Follower): Feed | undefined {
    let feeds = this.#groups.get(group);
    if (feeds === undefined) this.#groups.set(group, (feeds = new Map<string, Feed>()));
    let feed = feeds.get(prefix);
    if (feed === undefined) feeds.set(prefix, (feed = new Feed(group, prefix, head)));
    feed.followers.add(follower);
    return feed;
  }

  leave(feed: Feed, follower: Follower): void {
    feed.followers.delete(follower);
    if (feed.followers.size > 0) return;
    const feeds = this.#groups.get(feed.group);
    if (feeds?.get(feed.prefix) !== feed) return;
    feeds.delete(feed.prefix);
    if (feeds.size === 0) this.#groups.delete(feed.group);
  }

  /** Calls back once the group's live feeds have been shown its commits through `version`; here they always have. */
  whenShown(_group: string, _version: Version, run: () => void): void {
    run();
  }

  show(group: string, commits: readonly Commit[]): void {
    for (const feed of this.#groups.get(group)?.values() ?? []) feed.show(commits);
  }
}
