import type { Version } from '@atomsync/protocol';

export interface CommitIdParts {
  readonly epoch: string;
  readonly group: string;
  readonly version: Version;
}

/** @example commitId({ epoch: 'e1', group: 'list/42', version: 7 }) // 'e1:list/42:7' */
export const commitId = ({ epoch, group, version }: CommitIdParts): string => `${epoch}:${group}:${version}`;

/** What an id says; `undefined` for what is none of ours. */
export function parseCommitId(id: string): CommitIdParts | undefined {
  const [, epoch, group, version] = /^([^:]*):(.+):(\d+)$/s.exec(id) ?? [];
  if (epoch === undefined || group === undefined) return undefined;
  return { epoch, group, version: Number(version) };
}
