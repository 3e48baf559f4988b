/** How much of the server one client may take up, beside the protocol's limits. Sizes in bytes, times in milliseconds. */
export interface ServerLimits {
  /** Groups one connection may follow. */
  readonly maxGroups: number;
  /** Pushes of one connection that wait for the writer, and their bytes. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  /** Bytes in a socket above which its feeds are dropped and caught up later. */
  readonly maxBuffered: number;
  /** Bytes in a socket above which it is closed. */
  readonly maxUnread: number;
  /** How long a socket with more than `maxBuffered` may take to drain before it is closed. */
  readonly maxStall: number;
  /** Messages a second of one connection, and how many may come at once after quiet. */
  readonly maxMessageRate: number;
  readonly maxMessageBurst: number;
  /** Connections of one principal; those of the nameless principal `''` are not counted. */
  readonly maxConnectionsPerPrincipal: number;
  /** Connections from one address. */
  readonly maxConnectionsPerAddress: number;
  /** How long a new connection has to say hello. */
  readonly helloTimeout: number;
}

/** What a server takes when nothing else is configured. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxGroups: 10_000,
  maxQueued: 256,
  maxQueuedBytes: 32 * 1024 * 1024,
  maxBuffered: 4 * 1024 * 1024,
  maxUnread: 64 * 1024 * 1024,
  maxStall: 30_000,
  maxMessageRate: 2_000,
  maxMessageBurst: 20_000,
  maxConnectionsPerPrincipal: 1_000,
  maxConnectionsPerAddress: 5_000,
  helloTimeout: 10_000,
};
