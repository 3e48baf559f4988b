/** What the live query asks for: those that are not done, the highest `n` first. */
export interface ViewDoc {
  readonly text: string;
  readonly done: boolean;
  readonly owner: string;
  readonly n: number;
}

/** How many docs the query shows. */
export const LIMIT = 50;

/** Something that has live queries: this product, a scan, or a peer. All of it in memory. */
export interface Side {
  /** Takes the docs; there is no query yet. */
  load(docs: readonly (readonly [key: string, doc: ViewDoc])[]): Promise<void>;
  /** Opens the query. `hear` is told the keys it shows, in order, now and whenever they change; resolves with the first. */
  watch(hear: (keys: readonly string[]) => void): Promise<void>;
  /** Writes one field of one doc; settled when the side says that it has been taken. */
  write(key: string, fields: { readonly n: number } | { readonly text: string }): void | Promise<void>;
}
