export { nodeWebSocket } from './connection/web-socket-node';
export { fileLocalStore } from './store/file-local-store';
