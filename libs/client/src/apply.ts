import type {
  Change,
  ClientId,
  Commit,
  Cover,
  DocState,
  FeedCursor,
  FinalResult,
  Forget,
  LineState,
  Pushed,
  Version,
} from '@atomsync/protocol';
import { Observable, type OperatorFunction } from 'rxjs';
import type { GroupMessage } from './connection/session';
import type { MutationId } from './pending';

/** What became of one doc in a step. */
export interface StepDoc {
  readonly at: number;
  readonly change: Change;
  /** What has been covered of the doc by those who had not seen it. */
  readonly covers?: readonly Cover[] | undefined;
}

/** One move of base, whole or not at all. */
export interface Step {
  readonly kind: 'catch-up' | 'commit' | 'answers' | 'forget';
  /** The docs replace all there were. */
  readonly full: boolean;
  /** The server's data is of an earlier day than this client's: a backup was restored. */
  readonly lostData: boolean;
  readonly docs: readonly StepDoc[];
  /** Where base stands after it. */
  readonly version: Version;
  readonly token: string | undefined;
  /** Own lines, and the numbers whose outcome base holds after it. */
  readonly used: readonly UsedNumbers[];
  /** With a catch-up: programs from this schema version on may read and write the group. Absent: nobody has said so. */
  readonly compatibleWith?: number | undefined;
  /** Own mutations that the leading tab had taken, and that base holds no more: to be run again. */
  readonly returned?: readonly MutationId[] | undefined;
}

export interface UsedNumbers {
  readonly clientId: ClientId;
  readonly last: number;
  readonly results: readonly FinalResult[];
  /** No answer about these numbers is still to come. */
  readonly answered: boolean;
}

/** What the incoming stage knows of the replica it feeds. */
export interface Position {
  readonly version: Version;
}

/** The steps of one message, applied one after the other and made durable together. */
export type Steps = readonly Step[];

/**
 * Turns a session's messages of one group into steps, in version order: the pages of a catch-up into one
 * step, a live commit into one each. A gap in the live commits calls `pull` (subscribe again) and nothing
 * is applied until the catch-up has come.
 */
export function toSteps(position: Position, pull: () => void): OperatorFunction<GroupMessage, Steps> {
  return (messages$) =>
    new Observable<Steps>((subscriber) => {
      let pages: DocState[] = [];
      let full = false;
      let lostData = false;
      let catchingUp = true;

      return messages$.subscribe({
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
        next: (message) => {
          switch (message.type) {
            case 'resync':
              catchingUp = true;
              pages = [];
              lostData = message.reason === 'epoch' || message.reason === 'cursor';
              return;
            case 'changes': {
              // It goes on from what was lost on the way here: what is pulled instead goes on from what there is.
              if (message.from > position.version) return;
              catchingUp = true;
              full ||= message.from === 0;
              for (const doc of message.docs) pages.push(doc);
              if (message.cursor === undefined) return;
              const { cursor, lines, compatibleWith } = message;
              const step = { ...catchUp(pages, { full, lostData }, cursor, lines), compatibleWith };
              pages = [];
              full = false;
              lostData = false;
              catchingUp = false;
              subscriber.next([step]);
              return;
            }
            case 'commits': {
              if (catchingUp) return;
              if (message.from > position.version) {
                catchingUp = true;
                pull();
                return;
              }
              const steps: Step[] = [];
              for (const commit of message.commits) {
                if (commit.version > position.version) {
                  steps.push({
                    kind: 'commit',
                    full: false,
                    lostData: false,
                    docs: commitDocs(commit),
                    version: commit.version,
                    token: undefined,
                    used: [{ clientId: commit.clientId, last: commit.number, results: [], answered: false }],
                  });
                }
              }
              const reached = steps.at(-1)?.version ?? position.version;
              if (message.to > reached) steps.push(quiet(message.to));
              if (steps.length > 0) subscriber.next(steps);
              return;
            }
            case 'pushed': {
              const step = answers(message, position.version);
              if (step) subscriber.next([step]);
              return;
            }
            case 'forget':
              if (message.keys === undefined) {
                catchingUp = true;
                pages = [];
                full = false;
              }
              subscriber.next([forgotten(message, position.version)]);
              return;
            case 'error':
              return;
          }
        },
      });
    });
}

function catchUp(
  docs: readonly DocState[],
  kind: Pick<Step, 'full' | 'lostData'>,
  { token, version }: FeedCursor,
  lines: readonly LineState[],
): Step {
  return {
    kind: 'catch-up',
    ...kind,
    docs: docs.map((doc) => ({ at: doc.at, change: toChange(doc), covers: doc.covers })),
    version,
    token,
    used: lines.map((line) => ({ ...line, answered: true })),
  };
}

function commitDocs({ at, changes, madeOn, version }: Commit): StepDoc[] {
  const covers = madeOn === undefined ? undefined : [{ since: madeOn, by: version }];
  return changes.map((change) => ({ at, change, covers }));
}

/** A right was withdrawn: these docs, or all, are to be gone. */
function forgotten({ keys }: Forget, version: Version): Step {
  return {
    kind: 'forget',
    full: keys === undefined,
    lostData: false,
    docs: (keys ?? []).map((key) => ({ at: -Infinity, change: { kind: 'delete', key } })),
    version: keys === undefined ? 0 : version,
    token: undefined,
    used: [],
  };
}

/** The feed had nothing to show up to `version`. */
function quiet(version: Version): Step {
  return { kind: 'commit', full: false, lostData: false, docs: [], version, token: undefined, used: [] };
}

/**
 * The part of a push's answers that base can hold already. An accepted mutation whose commit has not come
 * (its frame was lost) waits for the catch-up, and so do the answers behind it.
 */
function answers(pushed: Pushed, version: Version): Step | undefined {
  const results: FinalResult[] = [];
  for (const result of pushed.results) {
    if (result.kind === 'stale' || (result.kind === 'accepted' && result.version > version)) break;
    results.push(result);
  }
  const last = results.at(-1)?.number;
  if (last === undefined) return undefined;
  const used = [{ clientId: pushed.clientId, last, results, answered: true }];
  return { kind: 'answers', full: false, lostData: false, docs: [], version, token: undefined, used };
}

function toChange({ key, body, schemaVersion }: DocState): Change {
  return body === undefined ? { kind: 'delete', key } : { kind: 'put', key, schemaVersion, body };
}
