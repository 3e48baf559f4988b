import { DocMap, type Doc } from '@atomsync/atom';
import { valuesEqual } from '@atomsync/protocol';
import type { Step } from './apply';
import { ClientError } from './errors';
import type { Form, Forms } from './encode-edits';
import type { Migrations, StoredForm } from './migrations';
import type { Edit } from './pending';
import { readStored, type ReadDoc } from './read-change';
import { COMPATIBLE_WITH, decodeNumber, encodeNumber, readMutations } from './records';
import type { StepBatch } from './step-batch';
import type { LocalDoc, LocalState } from './store/local-store';

/** A doc in base that is stored in another schema version than this program's. */
interface OtherVersion<D> {
  readonly schemaVersion: number;
  /** As it is stored, where that is an older version. */
  readonly older: StoredForm | undefined;
  /** In base. */
  readonly doc: Doc<D> | undefined;
  readonly fault: ClientError | undefined;
}

/** What became of one doc; see {@link OtherVersions.take}. */
export type ReadKey<D> = readonly [key: string, read: ReadDoc<D>];

/**
 * Which docs of base are stored in a schema version that is not this program's.
 *
 * ```text
 *  older    shown migrated; patches of others apply to the stored form; an own write puts the whole doc
 *           where a step fails: not shown, takes no writes
 *  newer    shown as it is, and written with its own version, where this program is compatible;
 *           otherwise it is never let into base
 * ```
 */
export class OtherVersions<D> implements Forms<D> {
  readonly migrations: Migrations;
  readonly #docs = new Map<string, OtherVersion<D>>();
  readonly #faults = new Map<string, ClientError>();
  #newer = 0;
  #blocked: ClientError | undefined;
  /** Programs from this version on may read and write the group; with `Infinity` nobody has said so. */
  #compatibleWith = Infinity;

  constructor(migrations: Migrations) {
    this.migrations = migrations;
  }

  /** Why a doc is not shown: the first of them. */
  get fault(): ClientError | undefined {
    return this.#faults.values().next().value;
  }

  /** A doc as it is stored, where it is of an older version. */
  older(key: string): StoredForm | undefined {
    return this.#docs.get(key)?.older;
  }

  /** All docs of older versions as they are stored. */
  allOlder(): Map<string, StoredForm> {
    const all = new Map<string, StoredForm>();
    for (const [key, { older }] of this.#docs) if (older) all.set(key, older);
    return all;
  }

  /** Base as the local store holds it; a doc that is what it was in `before` is the very same. */
  load(docs: readonly LocalDoc[], before: DocMap<D>): DocMap<D> {
    this.clear();
    const entries: (readonly [string, Doc<D>])[] = [];
    for (const doc of docs) {
      const { key } = doc;
      const read = readStored<D>(key, doc, this.migrations);
      // Of the others nothing is noted, and nothing has to be forgotten.
      if (doc.schemaVersion !== this.migrations.version) this.#set(key, read);
      const known = before.size === 0 ? undefined : before.get(key);
      const after = known !== undefined && valuesEqual(known, read.after) ? known : read.after;
      if (after !== undefined) entries.push([key, after]);
    }
    return DocMap.fromTrusted(entries);
  }

  clear(): void {
    this.#docs.clear();
    this.#faults.clear();
    this.#newer = 0;
  }

  /** Notes how a step's docs are stored, and with a catch-up, who may read and write the group. */
  take({ kind, full, compatibleWith = Infinity }: Step, reads: Iterable<ReadKey<D>>, batch: StepBatch): void {
    if (full) this.clear();
    for (const [key, read] of reads) this.#set(key, read);
    if (kind !== 'catch-up' || compatibleWith === this.#compatibleWith) return;
    this.#compatibleWith = compatibleWith;
    if (compatibleWith === Infinity) batch.dropRecord(COMPATIBLE_WITH);
    else batch.putRecord(COMPATIBLE_WITH, () => encodeNumber(compatibleWith));
  }

  /** Whether own writes on top of a doc are encoded for what it becomes: they are not when its stored form differs. */
  isKept(key: string, { stored }: ReadDoc<D>): boolean {
    if (stored === undefined || stored.schemaVersion === this.migrations.version) return true;
    return (
      stored.schemaVersion > this.migrations.version &&
      this.#docs.get(key)?.schemaVersion === stored.schemaVersion
    );
  }

  /** How an own write of a doc is to be encoded. */
  form(key: string, before: Doc<D> | undefined): Form {
    const { version } = this.migrations;
    const other = this.#docs.get(key);
    if (other === undefined) return { schemaVersion: version, whole: false };
    if (other.older) return { schemaVersion: version, whole: Object.is(before, other.doc) };
    return { schemaVersion: before === undefined ? version : other.schemaVersion, whole: false };
  }

  /** From now on no write is taken. */
  block(upgrade: ClientError): void {
    this.#blocked = upgrade;
  }

  /** @throws ClientError `MIGRATION_FAILED` when a write is of a doc that cannot be read, `UPGRADE_REQUIRED` */
  assertReadable(edits: ReadonlyMap<string, Edit<D>>, docs?: DocMap<D>): void {
    if (this.#blocked) throw this.#blocked;
    if (this.#faults.size === 0) return;
    for (const [key, { before }] of edits) {
      const fault = this.#faults.get(key);
      if (fault && !(docs ? docs.has(key) : before !== undefined)) throw fault;
    }
  }

  /** Why steps cannot be taken by this program, if they cannot. */
  upgradeFor(steps: readonly Step[]): ClientError | undefined {
    let compatibleWith = this.#compatibleWith;
    for (const { kind, full, docs, compatibleWith: declared = Infinity } of steps) {
      if (kind === 'catch-up') compatibleWith = declared;
      if (compatibleWith <= this.migrations.version) continue;
      for (const { change } of docs) {
        if (change.kind !== 'delete' && this.#isNewer(change))
          return this.#upgradeRequired(change.key, change);
      }
      if (full || this.#newer === 0) continue;
      for (const [key, other] of this.#docs)
        if (this.#isNewer(other)) return this.#upgradeRequired(key, other);
    }
    return undefined;
  }

  /** Why this program must leave a local store alone, if it must: an upgraded one has been at work there. */
  upgradeForStored({ docs, records }: LocalState): ClientError | undefined {
    this.#compatibleWith = decodeNumber(records.get(COMPATIBLE_WITH)) ?? Infinity;
    if (this.#compatibleWith <= this.migrations.version) return undefined;
    const written = readMutations(records).pending.flatMap(({ changes }) => changes);
    for (const doc of [...docs, ...written]) {
      if ('schemaVersion' in doc && this.#isNewer(doc)) return this.#upgradeRequired(doc.key, doc);
    }
    return undefined;
  }

  #upgradeRequired(key: string, { schemaVersion }: { readonly schemaVersion: number }): ClientError {
    const { group, version } = this.migrations;
    return new ClientError(
      'UPGRADE_REQUIRED',
      `The doc '${key}' of the group '${group}' has the schema version ${schemaVersion}, and this program knows ${version}. ` +
        `Upgrade the program; what is pending is kept, and goes out then. Where older programs may go on, the server ` +
        `declares the group with compatibleWith.`,
    );
  }

  #isNewer({ schemaVersion }: { readonly schemaVersion: number }): boolean {
    return schemaVersion > this.migrations.version;
  }

  #set(key: string, { after, stored, fault }: ReadDoc<D>): void {
    const was = this.#docs.get(key);
    if (was && this.#isNewer(was)) this.#newer--;
    this.#faults.delete(key);
    if (stored === undefined || stored.schemaVersion === this.migrations.version) {
      this.#docs.delete(key);
      return;
    }
    const { schemaVersion, body } = stored;
    const newer = this.#isNewer(stored);
    if (newer) this.#newer++;
    if (fault) this.#faults.set(key, fault);
    this.#docs.set(key, {
      schemaVersion,
      older: newer || !body ? undefined : { schemaVersion, body },
      doc: after,
      fault,
    });
  }
}
