import type { Commit, Version } from '@atomsync/protocol';
import { Feed, type Follower } from './feed';

/** All feeds that someone follows, by group and prefix. */
export class Feeds {
  readonly #groups = new Map<string, Map<string, Feed>>();

  /** Joins the feed, which exists from here on. `head` is the group's, read in the same turn. */
  join(group: string, prefix: string, head: Version, follower: Follower): Feed {
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

  show(group: string, commits: readonly Commit[]): void {
    for (const feed of this.#groups.get(group)?.values() ?? []) feed.show(commits);
  }
}
