import { AtomError, schemaFault, type DocMap, type StandardSchemaV1 } from '@atomsync/atom';
import { assertKey, type Change } from '@atomsync/protocol';
import { encodeEdits } from './encode-edits';
import { ClientError } from './errors';
import type { ConflictPolicy } from './conflict';
import type { Edit } from './pending';

/** What every synced atom may be told. */
export interface SyncOptions<D> {
  /** Judges every doc that is written here; the type follows from it. Synchronous. */
  readonly schema?: StandardSchemaV1<unknown, D>;
  /** The version of the docs' shape; 1 by default. */
  readonly version?: number;
  /** How two writes of one field are settled; `'rebase'` by default. */
  readonly onConflict?: ConflictPolicy;
}

/** How own writes of a group are judged and encoded, when they are made and each time they are rebased. */
export interface WriteRules<D> {
  readonly policy: ConflictPolicy;
  readonly check: (docs: DocMap<D>, edits: ReadonlyMap<string, Edit<D>>) => void;
  readonly encode: (edits: ReadonlyMap<string, Edit<D>>) => readonly Change[];
}

export function writeRules<D>(
  prefix: string,
  options: SyncOptions<D>,
  validate: (docs: DocMap<D>) => void,
): WriteRules<D> {
  const { schema, version = 1, onConflict = 'rebase' } = options;
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
    encode: (edits) => encodeEdits(edits, version),
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
