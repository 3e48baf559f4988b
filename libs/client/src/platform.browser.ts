import type { WebSocketFactory } from './connection/socket';

/** Browsers have `WebSocket`: nothing to bring along. */
export function platformSocket(): WebSocketFactory | undefined {
  return undefined;
}
