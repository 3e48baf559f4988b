import type { ClientModule } from './client';

/** Clients on a server that has many groups. */
export interface GroupsModule extends ClientModule {
  /** Makes groups with one doc each, by their numbers; resolves when all is acknowledged. */
  makeGroups(url: string, first: number, count: number): Promise<void>;
}
