/** WebSocket close codes of the hub's own; those of protocol errors are in the protocol's list. */
export const CLOSE = {
  /** The process is going down; connect again. */
  restart: 1012,
  slowConsumer: 4408,
  /** Another connection has taken this one's line over. */
  replaced: 4410,
} as const;
