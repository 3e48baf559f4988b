import type { RequestOptions } from 'node:https';
import { WebSocket, type ClientOptions } from 'ws';
import type { WebSocketFactory } from './socket';

/** What `ws` takes: what `https.request` takes, and this. Spelled out, as `ws` has its types in another package. */
export interface NodeWebSocketOptions extends RequestOptions {
  readonly followRedirects?: boolean;
  readonly maxRedirects?: number;
  /** Milliseconds in which the upgrade has to be answered. */
  readonly handshakeTimeout?: number;
  /** Bytes of a message. */
  readonly maxPayload?: number;
  /** The value of the header `Origin`. */
  readonly origin?: string;
  readonly perMessageDeflate?: boolean;
}

/**
 * Sockets by `ws`, for Node. `options` go to `ws` as they are (headers, agent, certificates).
 *
 * @example webSocketTransport({ webSocket: nodeWebSocket({ headers: { cookie } }) })
 */
export const nodeWebSocket =
  (options: NodeWebSocketOptions = {}): WebSocketFactory =>
  (url, protocol) =>
    new WebSocket(url, protocol, { ...defaults, ...(options as object) });

/** `closeTimeout`: how long a peer that may be gone can keep the process from ending, in milliseconds. */
const defaults: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  closeTimeout: 2_000,
};
