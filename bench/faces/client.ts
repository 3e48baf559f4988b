import type { BenchDoc } from '../contender';

/** What has crossed a client's socket. */
export interface Traffic {
  framesUp: number;
  framesDown: number;
  bytesUp: number;
  bytesDown: number;
}

/** One client under test, connected and caught up, in a process of its own. */
export interface BenchClient {
  /** Absent where nothing counts it. */
  readonly traffic: Traffic | undefined;
  /** One write of one doc. */
  write(key: string, doc: BenchDoc): void;
  /** Writes many docs in the fastest way there is; resolves when all is acknowledged. */
  fill(docs: readonly (readonly [key: string, doc: object])[]): Promise<void>;
  /** Resolves when all that was written is acknowledged, with what the contender promises of that. */
  settled(): Promise<void>;
  /** Hears of every value of one doc. */
  onDoc(key: string, hear: (doc: BenchDoc) => void): void;
  /** Hears after every change how many docs there are. */
  onSize(hear: (size: number) => void): void;
  /** All docs, as an application reads them. */
  docs(): Iterable<unknown>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Hears every frame that comes down. */
  readonly onFrame?: (frame: Uint8Array) => void;
  /** Another group than the usual one, where a contender has groups. */
  readonly group?: string;
}

/** A client that is connected to a server. */
export interface ClientModule {
  /** Resolves when it has what the server had. `url` is `ws://…`, without a path. */
  connect(url: string, options?: ConnectOptions): Promise<BenchClient>;
}
