import type { Observable } from 'rxjs';
import type { Principal } from './auth/sync-auth';
import type { SubscriptionDeps } from './feeds/subscription';
import type { HubOptions } from './hub-options';
import type { Queued } from './queued-push';
import type { Epoch } from './store/commit-store';

/** A connection, as the hub and the others on it see it. */
export interface Peer {
  /** Names it in the log. */
  readonly id: string;
  /** The line it speaks for; empty before `hello`. */
  readonly clientId: string;
  readonly principal: Principal | undefined;
  /** Another connection has taken the line over. */
  replace(): void;
  /** What its principal may do has changed, or who it is. */
  refresh(principal?: Principal): void;
  close(code: number, reason: string): void;
}

/** What a connection needs of the hub it belongs to. */
export interface HubCore {
  readonly options: HubOptions;
  readonly epoch: Epoch;
  readonly subscriptionDeps: SubscriptionDeps;
  enqueue(item: Queued): void;
  /** Ids of principals of whom the app has said that something has changed. */
  readonly changed$: Observable<string>;
  /** Closes any other connection of the principal that speaks for this line. */
  takeOver(clientId: string, principal: Principal, by: Peer): void;
  /** How many connections a principal has. */
  connectionsOf(principal: string): number;
  joined(connection: Peer): void;
  left(connection: Peer): void;
  onFault(error: unknown, connection?: string): void;
}
