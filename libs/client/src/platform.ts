import { noPresence, type Presence } from './connection/presence';
import { nodeWebSocket } from './connection/web-socket-node';
import type { WebSocketFactory } from './connection/socket';
import type { LocalStore } from './store/local-store';

/** The sockets of this platform. Bundlers put `platform.browser.ts` in the place of this file (package.json, `browser`). */
export function platformSocket(): WebSocketFactory | undefined {
  return 'WebSocket' in globalThis ? undefined : nodeWebSocket();
}

/** Node says nothing about the network. */
export function platformPresence(): Presence {
  return noPresence;
}

/**
 * The local store that an app gets when it names none. In Node there is none: which directory is an app's is for
 * the app to say.
 *
 * @public
 */
export function platformStore(_name: string, _user?: string): LocalStore | undefined {
  return undefined;
}
