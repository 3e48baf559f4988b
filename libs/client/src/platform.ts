import { noPresence, type Presence } from './connection/presence';
import { nodeWebSocket } from './connection/web-socket-node';
import type { WebSocketFactory } from './connection/socket';
import type { LocalStore } from './store/local-store';
import type { Persistence } from './persistence';
import { memoryLocalStore } from './store/memory-local-store';
import type { TabPlatform } from './tabs/tab-platform';

/** The sockets of this platform. Bundlers put `platform.browser.ts` in the place of this file (package.json, `browser`). */
export function platformSocket(): WebSocketFactory | undefined {
  return 'WebSocket' in globalThis ? undefined : nodeWebSocket();
}

/** Node says nothing about the network. */
export function platformPresence(): Presence {
  return noPresence;
}

/** The local store that an app gets when it names none: memory, for which directory of a machine is an app's is for the app to say. */
export function platformStore(_name: string, _user: string | undefined): LocalStore {
  return memoryLocalStore();
}

/** Processes of Node have no tabs. */
export function platformTabs(): TabPlatform | undefined {
  return undefined;
}

/** Files stay where they are. */
export function platformPersistence(): Persistence | undefined {
  return undefined;
}
