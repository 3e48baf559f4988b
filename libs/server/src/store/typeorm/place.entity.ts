import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row per handler of commits and group: through which version it has dealt with it. */
@Entity({ name: 'atomsync_places', withoutRowid: true })
export class PlaceEntity {
  @PrimaryColumn('text')
  handler!: string;

  @PrimaryColumn('text')
  group!: string;

  @Column('bigint')
  version!: number;
}
