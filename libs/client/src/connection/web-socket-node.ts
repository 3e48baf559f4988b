import { WebSocket, type ClientOptions } from 'ws';
import type { WebSocketFactory } from './socket';

/**
 * Sockets by `ws`, for Node. `options` go to `ws` as they are (headers, agent, certificates).
 *
 * @example webSocketTransport({ webSocket: nodeWebSocket({ headers: { cookie } }) })
 */
export const nodeWebSocket =
  (options: ClientOptions = {}): WebSocketFactory =>
  (url, protocol) =>
    new WebSocket(url, protocol, { ...defaults, ...options });

/** `closeTimeout`: how long a peer that may be gone can keep the process from ending, in milliseconds. */
const defaults: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  closeTimeout: 2_000,
};
