import type { Principal } from './auth/sync-auth';
import type { SubscriptionDeps } from './feeds/subscription';
import type { HubOptions } from './hub-options';
import type { Queued } from './queued-push';
import type { Epoch } from './store/commit-store';

/** A connection, as the hub and the others on it see it. */
export interface Peer {
  /** The line it speaks for; empty before `hello`. */
  readonly clientId: string;
  readonly principal: Principal | undefined;
  /** Another connection has taken the line over. */
  replace(): void;
  close(code: number, reason: string): void;
}

/** What a connection needs of the hub it belongs to. */
export interface HubCore {
  readonly options: HubOptions;
  readonly epoch: Epoch;
  readonly subscriptionDeps: SubscriptionDeps;
  enqueue(item: Queued): void;
  /** Closes any other connection that speaks for this line; false when that one is another user's. */
  takeOver(clientId: string, principal: Principal, by: Peer): boolean;
  joined(connection: Peer): void;
  left(connection: Peer): void;
  onFault(error: unknown): void;
}
