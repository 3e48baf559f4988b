/**
 * What a client needs in Node alone: sockets of `ws`, and a local store in files.
 *
 * @module @atomsync/client/node
 */

export { nodeWebSocket, type NodeWebSocketOptions } from './connection/web-socket-node';
export { fileLocalStore, type FileLocalStoreOptions } from './store/file-local-store';
