import type { Doc } from '@atomsync/atom';
import type { Version } from '@atomsync/protocol';
import type { AtomHost } from './atom-host';
import { commitId } from './commit-id';
import type { DocForms } from './doc-forms';
import type { CommitRange } from './commit-feed';

/** One doc as a commit left it. */
export interface CommittedDoc<D> {
  readonly key: string;
  /** `undefined`: it was deleted. */
  readonly doc: Doc<D> | undefined;
  /** The commit that changed it last. */
  readonly version: Version;
  /** When it was written: milliseconds since 1970. */
  readonly at: number;
  /** Id of the principal who wrote it. */
  readonly by: string;
}

/**
 * What a commit changed in one group. Where a reader was away or slow, several come as one: `from` is then more than
 * one version back, and each doc is there once, as the last of them left it.
 */
export interface Commit<D = unknown> {
  /**
   * `epoch:group:version`: the same for the same commit whenever it is told, also where a restored backup has used the
   * version again. The key to tell repetitions by.
   */
  readonly id: string;
  readonly group: string;
  readonly version: Version;
  /** The version this commit begins behind: `version - 1`, or less where several come as one. */
  readonly from: Version;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Deletions may be missing here: tombstones behind `from` were purged before they could be told. */
  readonly purged: boolean;
  readonly changes: readonly CommittedDoc<D>[];
}

/** A range of a group's versions as a reader is told of it. */
export function toCommit<D>(host: AtomHost, forms: DocForms<D>, range: CommitRange): Commit<D> {
  const { from, to, epoch, at, purged, docs } = range;
  return {
    id: commitId({ epoch: host.epochId(epoch), group: forms.group, version: to }),
    ...{ group: forms.group, version: to, from, at, purged },
    changes: docs.map((row) => ({
      key: row.key,
      doc: forms.read(row),
      ...{ version: row.version, at: row.at, by: row.updatedBy },
    })),
  };
}
