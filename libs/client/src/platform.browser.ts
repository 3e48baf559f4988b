import { browserPresence } from './connection/presence-browser';
import type { Presence } from './connection/presence';
import type { WebSocketFactory } from './connection/socket';

/** Browsers have `WebSocket`: nothing to bring along. */
export function platformSocket(): WebSocketFactory | undefined {
  return undefined;
}

/** Browsers tell of the network, of the user, and when they are about to freeze a page. */
export function platformPresence(): Presence {
  return browserPresence();
}
