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
    new WebSocket(url, protocol, { perMessageDeflate: false, ...options });
