import type { SchedulerLike } from 'rxjs';
import type { Presence } from './connection/presence';
import type { Transport } from './connection/transport';
import type { DebounceOptions } from './debounce';
import type { HandOver } from './handed-over';
import type { LocalStore } from './store/local-store';
import type { TabPlatform } from './tabs/tab-platform';

/** Who speaks. */
export interface Identity {
  readonly user?: string | undefined;
  /** The token, or what gets one: asked before every connection, so that it may be renewed. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
}

/** How a client connects. Times in milliseconds. */
export interface AtomSyncOptions extends Identity {
  /** The gateway: `ws://localhost:8090/sync`, or a path on the page's own origin. */
  readonly server: string;
  /**
   * Where values outlive the process; by default in IndexedDB in browsers, and in memory elsewhere. A function opens
   * the store of one user: each has one of their own.
   */
  readonly store?: LocalStore | ((user: string | undefined) => LocalStore);
  /**
   * Ask the browser, once, in the tab that leads, to keep this site's data when room gets short. Without it the browser
   * may evict what was stored. Some put the question to the user. What it answered: `conn.persisted`.
   */
  readonly persist?: boolean;
  /** Docs that somebody else has read already, a server that rendered the page: shown and ready at once, and not read again. */
  readonly handedOver?: HandOver;
  readonly debounce?: Partial<DebounceOptions>;
  /** Begin without connecting; `resume()` connects. */
  readonly paused?: boolean;
  /** How frames travel; WebSockets by default. */
  readonly transport?: Transport;
  /** What is known of the network and the user; the platform's own by default. */
  readonly presence?: Presence;
  /**
   * How the tabs of a profile find each other, to share one connection and one local store; in browsers through Web
   * Locks by default. With `false`, or with a `store` that is open already, this one is on its own.
   */
  readonly tabs?: TabPlatform | false;
  readonly scheduler?: SchedulerLike;
  /** Numbers in [0, 1), for the jitter of reconnects. */
  readonly random?: () => number;
  /** Milliseconds since 1970: when mutations are made. */
  readonly now?: () => number;
  /** A name that was never used before: this process's line of mutations. A UUID by default. */
  readonly newClientId?: () => string;
  /** A key for `add`. A UUIDv7 by default, which sorts by time. */
  readonly newKey?: () => string;
}

/** What becomes of a user's data on this machine when they sign out. */
export interface SignOutOptions {
  /** `'keep'` it for when they return, or `'wipe'` it; kept by default. */
  readonly data?: 'keep' | 'wipe';
  /** Wipe also what the server has not confirmed yet. */
  readonly force?: boolean;
}
