import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from './dialect';

/** Tombstones by version and age, so that a purge looks at them alone, however many docs there are. */
export class IndexTombstones1790000000001 implements MigrationInterface {
  readonly name = 'IndexTombstones1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "atomsync_docs_tombstones" ON "atomsync_docs" ("group", "version", "updatedAt") WHERE ${dialectOf(runner).yes('"deleted"')}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "atomsync_docs_tombstones"`);
  }
}
