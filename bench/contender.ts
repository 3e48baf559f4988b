/** What the workloads write: a small object of about 150 bytes. */
export interface BenchDoc {
  readonly text: string;
  readonly done: boolean;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly n: number;
  /** When it was written: milliseconds of the system's monotonic clock, the same in all processes. */
  readonly at: number;
}

/** What has crossed a client's socket. */
export interface Traffic {
  framesUp: number;
  framesDown: number;
  bytesUp: number;
  bytesDown: number;
}

/** One client under test, connected and caught up, in a process of its own. */
export interface BenchClient {
  readonly traffic: Traffic;
  /** One write of one doc. */
  write(key: string, doc: BenchDoc): void;
  /** Resolves when all that was written is acknowledged as durable. */
  settled(): Promise<void>;
  /** Hears of every value of one doc. */
  onDoc(key: string, hear: (doc: BenchDoc) => void): void;
  /** Hears after every change how many docs there are. */
  onSize(hear: (size: number) => void): void;
  close(): Promise<void>;
}

/** What a contender's client file exports. */
export interface ClientModule {
  /** `url` is `ws://…`, without a path. */
  readonly connect: (url: string) => Promise<BenchClient>;
}

/** Something whose speed is measured: this product, a limit, or a peer. */
export interface Contender {
  readonly id: string;
  readonly title: string;
  /** What an acknowledged write means there. */
  readonly promises: string;
  /** The server's program; it gets `--port 0 --db file` and prints its address once it is ready. */
  readonly server: string;
  /** A {@link ClientModule}, loaded in the client's process and nowhere else. */
  readonly client: string;
}
