import type { Subject } from 'rxjs';
import type { GroupHost } from './group-host';
import type { GroupStatus } from './group-status';
import type { HandedOver } from './handed-over';
import type { MutationId } from './pending';
import type { Receipts } from './receipts';
import type { Conflict } from './conflict';
import type { Refusal } from './rebase';
import type { Replica } from './replica';
import type { Moved, ReplicaRules } from './replica-types';
import type { StepBatch } from './step-batch';
import type { TabFeed } from './tabs/tab-feed';

export type GroupRules<D> = Omit<
  ReplicaRules<D>,
  'serverTime' | 'now' | 'newClientId' | 'isLent' | 'hasTabs'
>;

/** An open group as its roads see it: the one to the server, and the one to the tab that leads. */
export interface GroupCore<D> {
  readonly name: string;
  readonly prefix: string;
  readonly host: GroupHost;
  readonly rules: GroupRules<D>;
  readonly replica: Replica<D>;
  readonly status: GroupStatus;
  readonly receipts: Receipts;
  readonly conflicts$: Subject<Conflict>;
  /** What is to be made durable, in order; completes when the group is to end. */
  readonly batches$: Subject<StepBatch>;
  /** The other tabs, where this one leads. */
  feed: TabFeed<D> | undefined;
  /** What was handed over, for the first road that can take it up. */
  takeHanded(): HandedOver | undefined;
  /** A time of this machine's clock as the server's clock would show it. */
  serverTime(time: number): number;
  /** Tells everyone what became of base, pending and value; they have moved already. */
  tell(moved: Moved<D>, adopted?: MutationId): void;
  tellRefused(refused: readonly Refusal<D>[]): void;
}
