import type { Change, DocState, Mutation } from '@atomsync/protocol';
import type { Fault } from './check-push';

/** Why a program of a schema version is not let into a group; `undefined` when it is. */
export function upgradeRequired(
  group: string,
  schemaVersion: number,
  compatibleWith: number | undefined,
): Fault | undefined {
  if (compatibleWith === undefined || schemaVersion >= compatibleWith) return undefined;
  return {
    code: 'UPGRADE_REQUIRED',
    message:
      `The docs of ${JSON.stringify(group)} are for programs of schema version ${compatibleWith} and later, and this one ` +
      `has ${schemaVersion}. Upgrade it; what it has pending is kept, and goes out then.`,
  };
}

/**
 * What keeps a mutation from being decided until its program has been upgraded: it is too old for the group, or
 * would write an older version over a newer one that nobody has said it may write.
 */
export function checkSchemaVersions(
  group: string,
  mutation: Mutation,
  doc: (key: string) => DocState | undefined,
  compatibleWith: number | undefined,
): Fault | undefined {
  const version = schemaVersionOf(mutation.changes);
  if (version === undefined) return undefined;
  if (compatibleWith !== undefined) return upgradeRequired(group, version, compatibleWith);
  for (const change of mutation.changes) {
    if (change.kind === 'delete') continue;
    const newer = newerThan(change.schemaVersion, change.key, doc);
    if (newer) return newer;
  }
  for (const key of mutation.call?.keys ?? []) {
    const newer = newerThan(version, key, doc);
    if (newer) return newer;
  }
  return undefined;
}

/** The lowest schema version that changes write; `undefined` when they write none. */
export function schemaVersionOf(changes: readonly Change[]): number | undefined {
  const versions = changes.flatMap((change) => (change.kind === 'delete' ? [] : change.schemaVersion));
  return versions.length === 0 ? undefined : Math.min(...versions);
}

/** A change as the commit shows it: the schema version of a doc never goes back. */
export function notLowered(change: Change, before: DocState | undefined): Change {
  if (change.kind === 'delete' || before?.body === undefined) return change;
  if (change.schemaVersion >= before.schemaVersion) return change;
  return { ...change, schemaVersion: before.schemaVersion };
}

function newerThan(
  schemaVersion: number,
  key: string,
  doc: (key: string) => DocState | undefined,
): Fault | undefined {
  const before = doc(key);
  if (before?.body === undefined || before.schemaVersion <= schemaVersion) return undefined;
  return {
    code: 'UPGRADE_REQUIRED',
    message:
      `The doc ${JSON.stringify(key)} has the schema version ${before.schemaVersion}, and was to be written by a program ` +
      `of version ${schemaVersion}. Upgrade it, or declare the group with compatibleWith where the older one may write it.`,
  };
}
