import { noPresence, type Presence } from './connection/presence';
import { nodeWebSocket } from './connection/web-socket-node';
import type { WebSocketFactory } from './connection/socket';

/** The sockets of this platform. Bundlers put `platform.browser.ts` in the place of this file (package.json, `browser`). */
export function platformSocket(): WebSocketFactory | undefined {
  return 'WebSocket' in globalThis ? undefined : nodeWebSocket();
}

/** Node says nothing about the network. */
export function platformPresence(): Presence {
  return noPresence;
}
