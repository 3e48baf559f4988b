export { nodeWebSocket, type NodeWebSocketOptions } from './connection/web-socket-node';
export { fileLocalStore, type FileLocalStoreOptions } from './store/file-local-store';
