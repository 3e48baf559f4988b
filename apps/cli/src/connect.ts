import { memoryLocalStore, openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import {
  filter,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  race,
  throwError,
  timeout,
  type Observable,
} from 'rxjs';
import { CliError } from './cli-error';
import type { ServerChoice } from './options/server-options';

export interface GroupChoice extends ServerChoice {
  readonly group: string;
  /** Only docs whose keys begin with it. */
  readonly prefix: string;
  readonly schemaVersion: number;
}

/** A group, open and caught up. */
export interface OpenGroup {
  readonly sync: AtomSync;
  readonly atom: SyncedAtom<unknown>;
}

/** Opens a group, works with it, and closes it. A server that cannot be had at once is a failure. */
export async function withGroup<T>(
  choice: GroupChoice,
  signal: AbortSignal,
  work: (opened: OpenGroup) => Promise<T>,
): Promise<T> {
  const { server, user, token, group, prefix, schemaVersion: version } = choice;
  const sync = openAtomSync('atomsync-cli', { server, user, token, store: memoryLocalStore() });
  try {
    const atom = syncedAtom<unknown>(sync, group, {
      ...(prefix !== '' && { prefix }),
      version,
      migrate: passedOn(version),
    });
    await live(atom, signal);
    return await work({ sync, atom });
  } finally {
    await sync.close();
  }
}

/** Docs of older schema versions are shown as they are. */
const passedOn = (version: number): Record<number, (doc: unknown) => unknown> =>
  Object.fromEntries(Array.from({ length: version - 1 }, (_, at) => [at + 1, (doc: unknown) => doc]));

/** Resolves when the group is caught up; rejects with what stands in the way, where something does. */
async function live({ status$ }: SyncedAtom<unknown>, signal: AbortSignal): Promise<void> {
  const caughtUp$ = status$.pipe(
    map(({ phase, error }) => {
      if ((phase === 'offline' || phase === 'refused') && error) throw error;
      return phase === 'live';
    }),
    filter(Boolean),
  );
  await orInterrupted(caughtUp$, signal);
}

/** The first value, unless Ctrl-C comes before it. */
export function orInterrupted<T>(values$: Observable<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return firstValueFrom(race(values$, aborted(signal)));
}

/** Fails at Ctrl-C. */
const aborted = (signal: AbortSignal): Observable<never> =>
  fromEvent(signal, 'abort').pipe(
    map(() => {
      signal.throwIfAborted();
      throw new Error('The signal is given once it has been aborted.');
    }),
  );

/**
 * What becomes of a write: its version. Where the connection ends meanwhile, the client sends it again by itself, for as
 * long as `patience` (milliseconds).
 */
export async function accepted(
  { sync, atom }: OpenGroup,
  write: () => Promise<{ readonly version: number }>,
  patience: number,
  signal: AbortSignal,
): Promise<number> {
  const refused$ = merge(atom.status$, sync.status$).pipe(
    map(({ phase, error }) => {
      if (phase === 'refused' && error) throw error;
    }),
    filter((_): _ is never => false),
  );
  const late = (): Error =>
    new CliError(
      'TIMEOUT',
      `The server has not confirmed the write within ${patience / 1000} s; it may have it or not.`,
      'Look with `atomsync get`, and try again.',
    );
  const written = write();
  written.catch(() => undefined);
  const { version } = await orInterrupted(
    merge(written, refused$).pipe(timeout({ first: patience, with: () => throwError(late) })),
    signal,
  );
  return version;
}
