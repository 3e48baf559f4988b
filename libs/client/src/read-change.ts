import type { Doc, DocMap } from '@atomsync/atom';
import { applyPatch, decodeBody, decodePatch, encodeBody, type Change } from '@atomsync/protocol';
import { ClientError } from './errors';
import type { Migrations, StoredForm } from './migrations';
import type { Edit } from './pending';

/** What a change makes of its doc. */
export interface ReadDoc<D> {
  /** In this program's shape; `undefined` when the doc is deleted, or cannot be read. */
  readonly after: Doc<D> | undefined;
  /** As it is stored; `body` is left out where `after`, encoded, is the same. */
  readonly stored: (Omit<StoredForm, 'body'> & Partial<StoredForm>) | undefined;
  /** Why the doc cannot be read. */
  readonly fault?: ClientError;
}

/**
 * @param native the doc before the change
 * @param older the same doc as it is stored, where it is of an older schema version: a patch is for those bytes
 */
export function readChange<D>(
  change: Change,
  native: Doc<D> | undefined,
  older: StoredForm | undefined,
  migrations: Migrations,
): ReadDoc<D> {
  if (change.kind === 'delete') return { after: undefined, stored: undefined };
  const { key, schemaVersion } = change;
  if (change.kind === 'put') return readStored(key, { schemaVersion, body: change.body }, migrations);
  const patch = decodePatch(change.patch);
  if (older === undefined) return { after: applyPatch(patch, native) as Doc<D>, stored: { schemaVersion } };
  const body = encodeBody(applyPatch(patch, decodeBody(older.body)));
  return readStored(key, { schemaVersion: Math.max(schemaVersion, older.schemaVersion), body }, migrations);
}

/** A stored doc in this program's shape. */
export function readStored<D>(key: string, stored: StoredForm, migrations: Migrations): ReadDoc<D> {
  try {
    return { after: migrations.read(key, stored) as Doc<D>, stored };
  } catch (error) {
    if (error instanceof ClientError) return { after: undefined, stored, fault: error };
    throw error;
  }
}

/** What the changes of a mutation do to docs. */
export interface ReadEdits<D> {
  readonly edits: ReadonlyMap<string, Edit<D>>;
  /** Why one of them could not be read; its edit then shows the doc in its old shape. */
  readonly fault: ClientError | undefined;
}

/**
 * @param older docs of older schema versions as the server has, or will have, them; goes on with the changes
 */
export function readEdits<D>(
  changes: readonly Change[],
  docs: DocMap<D>,
  older: Map<string, StoredForm>,
  migrations: Migrations,
): ReadEdits<D> {
  const edits = new Map<string, Edit<D>>();
  let fault: ClientError | undefined;
  for (const change of changes) {
    const { key } = change;
    const before = docs.get(key);
    const read = readChange(change, before, older.get(key), migrations);
    const { schemaVersion = Infinity, body } = read.stored ?? {};
    if (body && schemaVersion < migrations.version) older.set(key, { schemaVersion, body });
    else older.delete(key);
    fault ??= read.fault;
    edits.set(key, { before, after: read.fault && body ? (decodeBody(body) as Doc<D>) : read.after });
  }
  return { edits, fault };
}
