/** What a process of ten clients is told to do. */
export interface TenClientsOrder {
  readonly url: string;
  readonly seed: number;
  /** Names of its clients, and what each of them has called already. */
  readonly clients: readonly { readonly name: string; readonly called: number }[];
  /** How each of them counts, ten times. */
  readonly how: 'function' | 'inc' | 'hit';
  /** Local stores in files below this folder; in memory without. */
  readonly stores?: string;
  /** Takes a line before every call and one after it is durable. */
  readonly log?: string;
}

/** How often each client counts. */
export const TIMES = 10;

/** What a process of ten clients saw on its sockets. */
export interface Pushes {
  pushes: number;
  /** Of these, with a mutation that was stale. */
  stale: number;
}
