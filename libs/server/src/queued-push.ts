import type { DownMessage, Push } from '@atomsync/protocol';
import type { QueuedWrite } from './atoms/queued-write';
import type { Principal } from './auth/sync-auth';

/** Who made a push, as far as deciding and answering need to know. */
export interface PushSource {
  /** Who it is at this moment; `undefined` while that is being looked up. */
  readonly principal: Principal | undefined;
  /** Pushes that wait here are not decided any more: another connection has the line, or its user no right to it. */
  isDropped(): boolean;
  answer(message: DownMessage): void;
  /** A message of so many bytes no longer waits: it was decided, dropped, or failed. */
  done(bytes: number): void;
  /** The client's base is below the purge horizon, or ahead of what the server has: it needs everything. */
  resync(group: string, reason: 'purged' | 'cursor'): void;
}

/** A push that waits for the writer. */
export interface QueuedPush {
  readonly push: Push;
  readonly source: PushSource;
  /** Length of its frame. */
  readonly bytes: number;
}

/** An own part of the writer's batch: `seen` changes lines as pushes do, and is not answered. */
export interface QueuedSeen {
  readonly seen: {
    readonly group: string;
    readonly clientId: string;
    readonly number: number;
    readonly closed: boolean;
  };
  readonly source: PushSource;
  readonly bytes: number;
}

/** What waits for the writer. */
export type Queued = QueuedPush | QueuedSeen | QueuedWrite;

/** The group it is about. */
export const groupOf = (item: Queued): string =>
  ('push' in item ? item.push : 'seen' in item ? item.seen : item.write).group;
