import { CliError } from '../cli-error';
import { Refusal, type PutChange, type SyncHttp } from './sync-http';

/**
 * Puts docs, as many at once as the server takes. What it refuses as a whole is tried in halves, down to the doc that is to
 * blame.
 *
 * @throws CliError with the server's code, naming the doc
 */
export async function putBatch(http: SyncHttp, group: string, changes: readonly PutChange[]): Promise<void> {
  try {
    await http.put(group, changes);
  } catch (error) {
    if (!(error instanceof Refusal) || WHOLE.has(error.code)) throw error;
    if (changes.length > 1) {
      const half = Math.ceil(changes.length / 2);
      await putBatch(http, group, changes.slice(0, half));
      await putBatch(http, group, changes.slice(half));
      return;
    }
    const { key } = changes[0]!;
    throw new CliError(
      error.code,
      `The server refuses ${JSON.stringify(key)} of the group ${JSON.stringify(group)}: ${error.message}`,
      error.remedy || 'Mend the doc or take it out; --resume goes on from there.',
    );
  }
}

/** Refusals that are about no doc. */
const WHOLE = new Set(['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'INVALID_GROUP', 'RATE_LIMITED']);
