import { encodeDown, type Change, type Commit, type Version } from '@atomsync/protocol';

/** Frames are cut before they grow beyond about this many bytes; a single commit is never cut. */
const FRAME_BYTES = 256 * 1024;

/** What one feed sends: one encoded frame and the versions it covers. */
export interface FeedFrame {
  readonly bytes: Uint8Array;
  readonly from: Version;
  readonly to: Version;
}

/** One who follows a feed. */
export interface Follower {
  deliver(frame: FeedFrame): void;
  /** Commits went by that will not be delivered: the store has them. */
  fellBehind(): void;
}

/**
 * What all followers of (group, prefix) are shown of the commits. Commits that show nothing are not sent;
 * the next frame's range covers them.
 */
export class Feed {
  readonly followers = new Set<Follower>();
  #to: Version;

  constructor(
    readonly group: string,
    readonly prefix: string,
    head: Version,
  ) {
    this.#to = head;
  }

  /** The version through which the feed has been sent. */
  get to(): Version {
    return this.#to;
  }

  /** Sends what the feed may show of the commits, which follow on each other without a gap. */
  show(commits: readonly Commit[]): void {
    const visible =
      this.prefix === '' ? commits : commits.flatMap((commit) => seenThrough(this.prefix, commit));
    const head = commits.at(-1)?.version ?? this.#to;
    for (const part of parts(visible)) {
      const to = part.at(-1) === visible.at(-1) ? head : part.at(-1)!.version;
      const bytes = encodeDown({ type: 'commits', group: this.group, from: this.#to, to, commits: part });
      const frame: FeedFrame = { bytes, from: this.#to, to };
      this.#to = to;
      for (const follower of [...this.followers]) follower.deliver(frame);
    }
  }
}

/** A commit without changes hides nothing, and its author waits to see it. */
/** A commit without any changes is shown too: it uses up a number of its author's. */
function seenThrough(prefix: string, commit: Commit): Commit[] {
  const changes = commit.changes.filter(({ key }) => key.startsWith(prefix));
  return changes.length === 0 && commit.changes.length > 0 ? [] : [{ ...commit, changes }];
}

function* parts(commits: readonly Commit[]): Generator<readonly Commit[]> {
  let part: Commit[] = [];
  let bytes = 0;
  for (const commit of commits) {
    part.push(commit);
    for (const change of commit.changes) bytes += sizeOf(change);
    if (bytes < FRAME_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

function sizeOf(change: Change): number {
  const body = change.kind === 'put' ? change.body.length : change.kind === 'patch' ? change.patch.length : 0;
  return 64 + change.key.length + body;
}
