import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One row per doc and tombstone, in its last state. */
abstract class DocColumns {
  @PrimaryColumn('text')
  group!: string;

  @PrimaryColumn('text')
  key!: string;

  @Column('bigint')
  version!: number;

  @Column('boolean')
  deleted!: boolean;

  @Column('integer')
  schemaVersion!: number;

  /** Milliseconds since 1970. */
  @Column('bigint')
  updatedAt!: number;

  @Column('text')
  updatedBy!: string;

  /** JSON `[[since, by], …]`; none where nothing of the doc has been covered. */
  @Column('text', { nullable: true })
  covers!: string | null;
}

@Entity({ name: 'atomsync_docs' })
@Index('atomsync_docs_version', ['group', 'version'])
export class DocEntity extends DocColumns {
  /** One encoded value; none on a tombstone. */
  @Column('blob', { nullable: true })
  body!: Uint8Array | null;
}

/** The same on PostgreSQL, which has another word for bytes. */
@Entity({ name: 'atomsync_docs' })
@Index('atomsync_docs_version', ['group', 'version'])
export class PostgresDocEntity extends DocColumns {
  @Column('bytea', { nullable: true })
  body!: Uint8Array | null;
}
