import type { Observable, SchedulerLike } from 'rxjs';
import type { ConnectionStatus } from './connection/connection-status';
import type { Session } from './connection/session';
import type { DebounceOptions } from './debounce';
import type { HandOver } from './handed-over';
import type { Line } from './own-lines';
import type { RejectedRecord } from './records';
import type { LocalGroup } from './store/local-store';
import type { FollowerMessage } from './tabs/tab-message';
import type { Role, Tabs } from './tabs/tabs';

/** What a group needs of the connection it belongs to. */
export interface GroupHost {
  readonly scheduler: SchedulerLike;
  readonly debounce: DebounceOptions;
  readonly sessions$: Observable<Session | undefined>;
  readonly connection$: Observable<ConnectionStatus>;
  /** The numbers of this process in a group. */
  line(group: string): Line;
  /** Milliseconds since 1970. */
  now(): number;
  readonly handedOver: HandOver;
  /** How much the server's clock is ahead of ours; milliseconds. */
  clockOffset(): number;
  /** The group's place in the local store, once an earlier opening of it has given it back. */
  openStore(group: string): Promise<LocalGroup>;
  /** The name of a new line. */
  newClientId(): string;
  reject(group: string, rejected: readonly RejectedRecord[]): void;
  /** All refused mutations of a group, as another tab tells. */
  setRejected(group: string, rejected: readonly RejectedRecord[]): void;
  /** Those of a group that the app has not dealt with. */
  rejected(group: string): readonly RejectedRecord[];
  /** Whether this tab leads, replayed; alone, it always does. */
  readonly role$: Observable<Role>;
  /**
   * Another tab took the local store over in this term. Where this one leads all the same, because the other one was late,
   * it takes the store back, in a new term.
   */
  beginNewTerm(term: Role): void;
  /** The tabs of this profile; absent where each is on its own. */
  tabs(): Tabs | undefined;
}

/** A group as its connection sees it, whatever its docs are. */
export interface OpenGroup {
  readonly name: string;
  /** Own mutations not yet confirmed. */
  readonly pending: number;
  /** The app has dealt with a refused mutation. */
  forget(record: RejectedRecord): void;
  /** What another tab says of it. */
  hear(message: FollowerMessage): void;
  /** Resolves when it has left the user who signed out behind. */
  left(): Promise<void>;
  /** Ends its pipelines; what is pending stays in the local store. */
  end(): Promise<void>;
}
