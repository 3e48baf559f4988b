import { AtomError, schemaFault, type DocMap, type StandardSchemaV1 } from '@atomsync/atom';
import { assertKey } from '@atomsync/protocol';
import { ClientError } from './errors';
import type { ConflictPolicy } from './conflict';
import type { MigrationStep } from './migrations';
import type { Edit } from './pending';

/** What every synced atom may be told. */
export interface SyncOptions<D> {
  /** Judges every doc that is written here; the type follows from it. Synchronous. */
  readonly schema?: StandardSchemaV1<unknown, D>;
  /** The schema version of the docs: of the shape this program reads and writes. 1 by default. */
  readonly version?: number;
  /**
   * Steps from older schema versions: `migrate[1]` takes a doc of version 1 to version 2. Pure and synchronous. There
   * is one for every version from the lowest given to the one before `version`.
   *
   * @example { version: 2, migrate: { 1: (doc) => ({ ...(doc as TodoOfVersion1), tags: [] }) } }
   */
  readonly migrate?: Readonly<Record<number, MigrationStep>>;
  /** How two writes of one field are settled; `'rebase'` by default. */
  readonly onConflict?: ConflictPolicy;
}

/** How own writes of a group are judged, when they are made and each time they are rebased. */
export interface WriteRules<D> {
  readonly policy: ConflictPolicy;
  readonly check: (docs: DocMap<D>, edits: ReadonlyMap<string, Edit<D>>) => void;
}

export function writeRules<D>(
  prefix: string,
  options: SyncOptions<D>,
  validate: (docs: DocMap<D>) => void,
): WriteRules<D> {
  const { schema, onConflict = 'rebase' } = options;
  return {
    policy: onConflict,
    check: (docs, edits) => {
      for (const [key, { after }] of edits) {
        assertKey(key);
        assertPrefix(key, prefix);
        if (schema && after !== undefined) assertSchema(schema, key, after);
      }
      validate(docs);
    },
  };
}

function assertPrefix(key: string, prefix: string): void {
  if (key.startsWith(prefix)) return;
  throw new ClientError(
    'OUT_OF_PREFIX',
    `The key '${key}' is outside the prefix '${prefix}' this atom was opened with. ` +
      `Use keys that begin with it, or open the group without a prefix.`,
  );
}

function assertSchema<D>(schema: StandardSchemaV1<unknown, D>, key: string, doc: unknown): void {
  const fault = schemaFault(schema, doc);
  if (fault === undefined) return;
  throw new AtomError('INVALID', `The schema refused the doc '${key}': ${fault}. Nothing has changed.`);
}
