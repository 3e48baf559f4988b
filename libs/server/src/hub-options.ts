import { DEFAULT_LIMITS, type Limits } from '@atomsync/protocol';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { OpenAuth } from './auth/open-auth';
import type { SyncAuth } from './auth/sync-auth';
import type { CommitBus } from './bus/commit-bus';
import { Features } from './features';
import type { PageBound } from './feeds/catch-up';
import { DEFAULT_LOOK_AFTER, type LookAfter } from './gateways/neighbours';
import type { Meter } from './meter';
import { DEFAULT_FAIRNESS, type Fairness } from './reservations';
import type { Retention } from './retention/retention';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server-limits';
import type { CommitStore } from './store/commit-store';
import type { SyncEvent } from './sync-event';

/** What a hub is made of. Everything but the store has a default. */
export interface HubOptions extends ServerLimits {
  readonly store: CommitStore;
  /** How gateways on the same data tell each other of commits; they look into the store where there is none. */
  readonly bus?: CommitBus | undefined;
  /** How often the store is asked what the bus may have lost; where it is shared. */
  readonly lookAfter: LookAfter;
  readonly auth: SyncAuth;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A new unguessable id. */
  readonly randomId: () => string;
  /** Times the wait for `hello`, the looks at slow sockets, the end of tokens and the rate of messages. */
  readonly scheduler: SchedulerLike;
  /** Schemas and named swaps, by group. */
  readonly features: Features;
  readonly page: PageBound;
  /** How those who are far away get their turn on docs that many swap. */
  readonly fairness: Fairness;
  /** Mutations in one transaction. */
  readonly maxBatch: number;
  /** How long what is over is remembered; for ever by default. */
  readonly retention?: Retention | undefined;
  /** Counts what goes through; nobody does by default. */
  readonly meter?: Meter | undefined;
  /** Hears of what is worth a line in the log; nobody does by default. */
  readonly log: (event: SyncEvent) => void;
  /** Hears of faults that clients are only told of in general terms, and on which connection they were, if on one. */
  readonly onFault: (error: unknown, connection?: string) => void;
}

export type HubConfig = Pick<HubOptions, 'store'> & Partial<HubOptions>;

/** The options with their defaults filled in. */
export const hubOptions = (config: HubConfig): HubOptions => ({
  auth: new OpenAuth(),
  limits: DEFAULT_LIMITS,
  clock: () => Date.now(),
  randomId: () => globalThis.crypto.randomUUID(),
  scheduler: asyncScheduler,
  features: new Features(),
  fairness: DEFAULT_FAIRNESS,
  lookAfter: DEFAULT_LOOK_AFTER,
  page: { maxDocs: 1000, maxBytes: 1024 * 1024 },
  maxBatch: 5000,
  ...DEFAULT_SERVER_LIMITS,
  log: () => undefined,
  onFault: () => undefined,
  ...config,
});
