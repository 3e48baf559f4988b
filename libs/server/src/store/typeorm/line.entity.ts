import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row per line and group: the numbers used up, and the answers not yet seen. */
@Entity({ name: 'atomsync_lines', withoutRowid: true })
export class LineEntity {
  @PrimaryColumn('text')
  group!: string;

  @PrimaryColumn('text')
  clientId!: string;

  @Column('text')
  owner!: string;

  @Column('bigint')
  last!: number;

  @Column('boolean')
  closed!: boolean;

  /** JSON; see kept-results.ts. */
  @Column('text')
  results!: string;

  @Column('bigint')
  updatedAt!: number;
}
