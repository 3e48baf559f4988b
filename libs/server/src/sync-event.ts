/** Where a connection comes from. */
export interface ConnectionOrigin {
  /** The address that it is counted by. */
  readonly address?: string;
}

/** A connection has said hello, and was welcomed. */
export interface ConnectionOpened extends ConnectionOrigin {
  readonly event: 'connection opened';
  /** Names the connection in everything that is told of it. */
  readonly connection: string;
  /** Id of the principal. */
  readonly principal: string;
}

/** A connection has ended. */
export interface ConnectionClosed extends ConnectionOrigin {
  readonly event: 'connection closed';
  readonly connection: string;
  /** Absent where nobody was welcomed. */
  readonly principal?: string;
  /** The close code, and who said it; 1006 where the socket was cut. */
  readonly code: number;
  readonly by: 'server' | 'client';
  /** The code of the protocol's why it was closed from here. */
  readonly reason?: string;
  /** Milliseconds from the upgrade. */
  readonly duration: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

/** An upgrade was answered with a plain HTTP error. */
export interface UpgradeRefused extends ConnectionOrigin {
  readonly event: 'upgrade refused';
  readonly status: number;
  readonly code: string;
  readonly origin?: string;
}

/** Deletions were forgotten; see `retention`. */
export interface TombstonesPurged {
  readonly event: 'tombstones purged';
  readonly group: string;
  readonly tombstones: number;
  readonly purgedThrough: number;
}

/** What is worth a line in the log. There never is a token or a doc in it. */
export type SyncEvent = ConnectionOpened | ConnectionClosed | UpgradeRefused | TombstonesPurged;
