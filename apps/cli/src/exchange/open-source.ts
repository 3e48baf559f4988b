import { usageError } from '../cli-error';
import type { ServerChoice } from '../options/server-options';
import type { ExportSource } from './export-source';
import { ServerSource } from './server-source';
import { SyncHttp } from './sync-http';

export interface SourceChoice extends ServerChoice {
  /** A database file in the place of the server. */
  readonly db: string | undefined;
  /** For how long to try again where the server cannot be had; milliseconds. */
  readonly retry: number;
}

/** Where docs are to come from; of a database file, all groups where none is named. */
export async function openSource(
  choice: SourceChoice,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<ExportSource> {
  if (choice.db !== undefined) {
    // Nest and TypeORM come with it.
    const { DatabaseSource } = await import('./database-source.js');
    return DatabaseSource.open(choice.db, groups);
  }
  if (groups.length > 0) return new ServerSource(new SyncHttp(choice, signal, choice.retry), groups);
  throw usageError(
    'USAGE',
    'No group is named.',
    'Name them with --group, or take all of a database file with --db.',
  );
}
