import { DEFAULT_LIMITS, type Limits } from '@atomsync/protocol';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { OpenAuth } from './auth/open-auth';
import type { SyncAuth } from './auth/sync-auth';
import { Features } from './features';
import type { PageBound } from './feeds/catch-up';
import type { Meter } from './meter';
import { DEFAULT_FAIRNESS, type Fairness } from './reservations';
import type { CommitStore } from './store/commit-store';

/** What a hub is made of. Everything but the store has a default. */
export interface HubOptions {
  readonly store: CommitStore;
  readonly auth: SyncAuth;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A new unguessable id. */
  readonly randomId: () => string;
  /** Times the wait for `hello` and the looks at slow sockets. */
  readonly scheduler: SchedulerLike;
  /** Schemas and named swaps, by group. */
  readonly features: Features;
  readonly page: PageBound;
  /** How those who are far away get their turn on docs that many swap. */
  readonly fairness: Fairness;
  /** Mutations in one transaction. */
  readonly maxBatch: number;
  /** Pushes of one connection that wait for the writer: how many, and their bytes. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  /** Groups one connection may follow. */
  readonly maxGroups: number;
  /** Bytes in a socket above which its feeds are dropped and caught up later. */
  readonly maxBuffered: number;
  /** Bytes in a socket above which it is closed. */
  readonly maxUnread: number;
  /** Milliseconds a new connection has to say hello. */
  readonly helloTimeout: number;
  /** Counts what goes through; nobody does by default. */
  readonly meter?: Meter | undefined;
  /** Hears of faults that clients are only told of in general terms. */
  readonly onFault: (error: unknown) => void;
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
  page: { maxDocs: 1000, maxBytes: 1024 * 1024 },
  maxBatch: 5000,
  maxQueued: 256,
  maxQueuedBytes: 32 * 1024 * 1024,
  maxGroups: 10_000,
  maxBuffered: 4 * 1024 * 1024,
  maxUnread: 64 * 1024 * 1024,
  helloTimeout: 10_000,
  onFault: () => undefined,
  ...config,
});
