import type { BenchClient, ConnectOptions } from './client';

/** A client that may be away for a while. */
export interface KeptClient extends BenchClient {
  /** Drops the connection; resolves when it is gone. */
  away(): Promise<void>;
  /** Connects again, and takes what has changed. */
  back(): void;
  /** Resolves when all it has is in its folder, as a process of its kind leaves it after a while. */
  kept(): Promise<void>;
}

export interface KeptOptions extends ConnectOptions {
  /** A folder for its local store; without one, it is in memory. */
  readonly folder?: string;
}

/** Clients with a local store, and what they come back with. */
export interface KeptModule {
  connect(url: string, options?: KeptOptions): Promise<KeptClient>;
  /** Opens what a client left in a folder, offline; resolves with its docs, in memory. */
  reopen(folder: string): Promise<Iterable<unknown>>;
}
