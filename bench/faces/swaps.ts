/** A client whose swaps of one counter meet those of others. */
export interface SwapClient {
  /** Adds one so often, by a swap that goes by its name, at most `ahead` of what is acknowledged. */
  named(times: number, ahead: number): Promise<void>;
  /** The same by a plain function, which runs again on what others made of the counter. */
  plain(times: number, ahead: number): Promise<void>;
  /** What the counter stands at. */
  count(): number;
}

export interface SwapsModule {
  /** Resolves when it is caught up with the counter. */
  connect(url: string, counter: string): Promise<SwapClient>;
}
