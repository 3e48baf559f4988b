import type { BenchDoc } from '../contender';
import type { ClientModule } from './client';

/** Clients, and followers beside them: as many as a machine that runs the server as well can bear. */
export interface FeedModule extends ClientModule {
  /** A socket that follows all docs, decodes what comes, and keeps nothing. Resolves when it is in. */
  follow(url: string, hear: (doc: BenchDoc) => void): Promise<void>;
}
