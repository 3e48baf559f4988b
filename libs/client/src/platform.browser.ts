import { browserPresence } from './connection/presence-browser';
import type { Presence } from './connection/presence';
import type { WebSocketFactory } from './connection/socket';
import type { Persistence } from './persistence';
import { localforageStore } from './store/browser/localforage-store';
import type { LocalStore } from './store/local-store';
import { browserTabs } from './tabs/browser-tabs';
import type { TabPlatform } from './tabs/tab-platform';

/** Browsers have `WebSocket`: nothing to bring along. */
export function platformSocket(): WebSocketFactory | undefined {
  return undefined;
}

/** Browsers tell of the network, of the user, and when they are about to freeze a page. */
export function platformPresence(): Presence {
  return browserPresence();
}

/** The tabs of a profile find each other where there are Web Locks. */
export function platformTabs(): TabPlatform | undefined {
  return browserTabs();
}

/** The local store of the app `name` for `user`: one database for each identity, so that none sees another's. */
export function platformStore(name: string, user: string | undefined): LocalStore {
  return localforageStore(`atomsync${JSON.stringify([name, user])}`);
}

/** Browsers keep the data of sites that ask, and that their users seem to like; only over HTTPS is there anyone to ask. */
export function platformPersistence(): Persistence | undefined {
  const storage = navigator.storage as StorageManager | undefined;
  return storage && { ask: () => storage.persist(), granted: () => storage.persisted() };
}
