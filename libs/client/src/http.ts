/**
 * A transport for clients that have no way for sockets.
 *
 * @module @atomsync/client/http
 */

export { httpTransport, type HttpTransportOptions } from './connection/http-transport';
