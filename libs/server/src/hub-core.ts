import type { Principal } from './auth/sync-auth';
import type { Connection } from './connection';
import type { SubscriptionDeps } from './feeds/subscription';
import type { HubOptions } from './hub-options';
import type { Queued } from './queued-push';
import type { Epoch } from './store/commit-store';

/** What a connection needs of the hub it belongs to. */
export interface HubCore {
  readonly options: HubOptions;
  readonly epoch: Epoch;
  readonly subscriptionDeps: SubscriptionDeps;
  enqueue(item: Queued): void;
  /** Closes any other connection that speaks for this line; false when that one is another user's. */
  takeOver(clientId: string, principal: Principal, by: Connection): boolean;
  joined(connection: Connection): void;
  left(connection: Connection): void;
  onFault(error: unknown): void;
}
