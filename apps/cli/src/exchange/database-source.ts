import {
  backupDatabase,
  inspectDatabase,
  TypeOrmCommitStore,
  type DocRow,
  type GroupInfo,
} from '@atomsync/server';
import { decodeBody } from '@atomsync/protocol';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error';
import type { ExportMark } from './export-line';
import type { ExportSource, SourcePage } from './export-source';

/** Docs and bytes of bodies that are read at once. */
const PAGE = { maxDocs: 10_000, maxBytes: 4 * 1024 * 1024 };
const MAX_DEPTH = 1000;

/**
 * Groups of a database file, also while a server serves it: they are read from a copy, which is the data of one moment.
 */
export class DatabaseSource implements ExportSource {
  readonly #folder: string;
  readonly #store: TypeOrmCommitStore;
  readonly #groups: ReadonlyMap<string, GroupInfo>;

  private constructor(folder: string, store: TypeOrmCommitStore, groups: readonly GroupInfo[]) {
    this.#folder = folder;
    this.#store = store;
    this.#groups = new Map(groups.map((group) => [group.name, group]));
  }

  /** @throws CliError `NO_SUCH_GROUP`; AtomSyncServerError as `backupDatabase` */
  static async open(file: string, wanted: readonly string[]): Promise<DatabaseSource> {
    const folder = await mkdtemp(join(tmpdir(), 'atomsync-export-'));
    try {
      const copy = join(folder, 'copy.db');
      await backupDatabase(file, copy);
      const { groups } = await inspectDatabase(copy);
      const missing = wanted.find((group) => groups.every(({ name }) => name !== group));
      if (missing !== undefined) throw noSuchGroup(file, missing);
      const store = new TypeOrmCommitStore({ type: 'better-sqlite3', database: copy });
      await store.open({ id: 'export', startedAt: 0 });
      return new DatabaseSource(
        folder,
        store,
        groups.filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
      );
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  async *pages(group: string, prefix: string, _since: ExportMark | undefined): AsyncGenerator<SourcePage> {
    const { docs: total, head } = this.#groups.get(group)!;
    let after = '';
    let read = 0;
    for (let more = true; more;) {
      const page = await this.#store.read((reader) => reader.range({ group, prefix, after, ...PAGE }));
      ({ more } = page);
      after = page.docs.at(-1)?.key ?? after;
      read += page.docs.length;
      yield {
        docs: page.docs.map(({ key, schemaVersion, body }: DocRow) => ({
          ...{ key, schemaVersion },
          value: decodeBody(body!, MAX_DEPTH),
        })),
        mark: { group, version: head },
        share: more ? read / Math.max(1, total) : 1,
      };
    }
  }

  async close(): Promise<void> {
    await this.#store.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const noSuchGroup = (file: string, group: string): CliError =>
  new CliError(
    'NO_SUCH_GROUP',
    `There is no group ${JSON.stringify(group)} in ${file}.`,
    '`atomsync groups` shows those there are.',
  );
