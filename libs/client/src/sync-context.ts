import type { ErrorMessage, Limits, Push } from '@atomsync/protocol';
import type { Observable, SchedulerLike } from 'rxjs';
import type { Steps } from './apply';
import type { Session } from './connection/session';
import type { DebounceOptions } from './debounce';
import type { ClientError } from './errors';
import type { JournalMark } from './journal';
import type { Replica } from './replica';
import type { StepBatch } from './step-batch';
import type { LocalGroup } from './store/local-store';

/** What one group's pipelines run on. */
export interface SyncContext<D> {
  readonly group: string;
  readonly prefix: string;
  readonly replica: Replica<D>;
  readonly store: LocalGroup;
  /** Another tab has taken the store over, and with it what is not stored; absent where tabs do not share it. */
  readonly takenOver: (() => void) | undefined;
  readonly scheduler: SchedulerLike;
  readonly debounce: DebounceOptions;
  /** The current connection; `undefined` while there is none. */
  readonly sessions$: Observable<Session | undefined>;
  /** What is to be made durable, in order. */
  readonly batches$: Observable<StepBatch>;
  /** Moves base and pending, and tells the atom. */
  apply(steps: Steps): void;
  journaled(mark: JournalMark): void;
  /** Writes through this order may be sent: they are durable, or the store has failed. */
  sendable(): number;
  /** Answers through this number of a line have been dealt with for good. */
  seen(clientId: string): number;
  /** A time of this machine's clock as the server's clock would show it. */
  serverTime(time: number): number;
  /** Refuses the oldest write where it fills more than a frame by itself. */
  refuseOversize(limits: Limits): void;
  /** Base cannot be what it says it is: the next subscription asks for everything. */
  distrust(error: unknown): void;
  /** A push goes out; what is on its way is not refused here until it is answered. */
  sending(push: Push): void;
  /** Nothing is on its way: it was answered, or the connection it went out on is gone. */
  answered(): void;
  /** The server does not know the numbers that pending goes on from. */
  renumber(): void;
  live(live: boolean): void;
  storeFailed(error: unknown): void;
  refused(error: ErrorMessage): void;
  /** The group has docs of a newer program's. */
  upgrade(error: ClientError): void;
}
