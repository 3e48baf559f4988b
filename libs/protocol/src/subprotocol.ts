/** The WebSocket subprotocol both sides name; the number rises when the wire changes incompatibly. */
export const SUBPROTOCOL = 'atomsync.v1';
