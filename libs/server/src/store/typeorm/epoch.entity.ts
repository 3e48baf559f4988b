import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One row per start of the server. */
@Entity({ name: 'atomsync_epochs' })
export class EpochEntity {
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  ordinal!: number;

  @Column('text', { unique: true })
  id!: string;

  @Column('bigint')
  startedAt!: number;
}

/** The head a group had before an epoch's first commit in it. */
@Entity({ name: 'atomsync_marks', withoutRowid: true })
export class MarkEntity {
  @PrimaryColumn('text')
  group!: string;

  @PrimaryColumn('integer')
  epoch!: number;

  @Column('bigint')
  head!: number;
}
