import type { Commit } from '@atomsync/protocol';
import type { StoredCommits } from './atoms/stored-commit';
import type { ServerWrite, WriteOutcome } from './atoms/queued-write';
import { concatMap, finalize, from, tap, type OperatorFunction } from 'rxjs';
import { decidePush, type PushDeps, type PushOutcome } from './decide-push';
import { decideWrite } from './decide-write';
import { AtomSyncServerError } from './errors';
import { needsOf, Overlay, usedUp } from './overlay';
import type { Meter } from './meter';
import type { Queued, QueuedPush, QueuedSeen } from './queued-push';
import type { CommitStore, Epoch } from './store/commit-store';

/** A push with what became of it. */
export interface DecidedPush extends QueuedPush {
  readonly outcome: PushOutcome;
}

/** A write of the server's own with what became of it. */
export interface DecidedWrite {
  readonly write: ServerWrite;
  readonly outcome: WriteOutcome;
}

/** What one transaction did. Its existence says that everything in it is durable. */
export interface Committed {
  readonly pushes: readonly DecidedPush[];
  readonly writes: readonly DecidedWrite[];
  readonly commits: ReadonlyMap<string, readonly Commit[]>;
  /** The same commits with the docs they left in the store. */
  readonly stored: StoredCommits;
}

export interface CommitDeps {
  readonly store: CommitStore;
  /** The one under way. */
  readonly epoch: () => Epoch;
  readonly pushDeps: () => PushDeps;
  readonly meter?: Meter | undefined;
  /** Hears of transactions that failed. */
  readonly onFault: (error: unknown) => void;
}

/**
 * ⑨ Loads, decides (⑧) and stores a batch in one transaction. When it fails, nothing of it has happened, and
 * every push in it is told to try again.
 */
export const commitBatch = (deps: CommitDeps): OperatorFunction<readonly Queued[], Committed> =>
  concatMap((batch) =>
    from(
      commitOne(
        batch.filter((item) => 'write' in item || !item.source.isDropped()),
        deps,
      ),
    ).pipe(
      tap(({ pushes }) => deps.meter?.decided(pushes)),
      finalize(() => {
        deps.meter?.left(batch);
        for (const item of batch) if (!('write' in item)) item.source.done(item.bytes);
      }),
    ),
  );

const IN_DOUBT: PushOutcome = {
  kind: 'failed',
  fault: { code: 'RETRY_LATER', message: 'Your rights are being looked up. Push again.' },
};

async function commitOne(batch: readonly Queued[], deps: CommitDeps): Promise<Committed> {
  const { store, epoch, pushDeps, onFault } = deps;
  if (batch.length === 0) return NOTHING;
  try {
    return await store.write(async (tx) => {
      const overlay = new Overlay(await tx.load(needsOf(batch)), epoch().ordinal);
      const pushes: DecidedPush[] = [];
      const writes: DecidedWrite[] = [];
      const now = pushDeps();
      for (const item of batch) {
        if ('push' in item) {
          const { principal } = item.source;
          const outcome =
            principal === undefined ? IN_DOUBT : await decidePush(overlay, item.push, principal, now);
          pushes.push({ ...item, outcome });
        } else if ('write' in item) {
          writes.push({ ...item, outcome: await decideWrite(overlay, item.write, now) });
        } else {
          takeSeen(overlay, item, now.now);
        }
      }
      await tx.save(overlay.writes());
      return { pushes, writes, commits: overlay.commits(), stored: overlay.stored() };
    });
  } catch (error) {
    onFault(error);
    const fault = {
      code: 'RETRY_LATER',
      message: 'The store takes nothing for the moment, and nothing was stored. Push again later.',
    };
    const outcome = { kind: 'failed', fault } as const;
    return {
      ...NOTHING,
      pushes: batch.flatMap((item) => ('push' in item ? { ...item, outcome } : [])),
      writes: batch.flatMap((item) => ('write' in item ? { ...item, outcome: notStored(error) } : [])),
    };
  }
}

const NOTHING: Committed = { pushes: [], writes: [], commits: new Map(), stored: new Map() };

function notStored(cause: unknown): WriteOutcome {
  const message = 'The commit failed, and nothing of it was stored. Write again.';
  return { kind: 'failed', error: new AtomSyncServerError('COMMIT_FAILED', message, { cause }) };
}

function takeSeen(overlay: Overlay, { seen, source }: QueuedSeen, now: number): void {
  const line = overlay.line(seen.group, seen.clientId);
  if (line === undefined || line.owner !== source.principal?.id) return;
  const { closed } = seen;
  overlay.setLine({
    ...usedUp(line, closed ? line.last : seen.number, [], now),
    closed: line.closed || closed,
  });
}
