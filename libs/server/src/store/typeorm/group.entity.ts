import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row per group: how far it is. */
@Entity({ name: 'atomsync_groups', withoutRowid: true })
export class GroupEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('bigint')
  head!: number;

  @Column('bigint')
  purgedThrough!: number;

  /** Ordinal of the epoch that last committed here. */
  @Column('integer')
  epoch!: number;
}
