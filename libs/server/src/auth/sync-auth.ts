/** Who speaks on a connection. Apps may put more into theirs; `authorize` gets it back as it was. */
export interface Principal {
  /** Stable and unique: lines and `updatedBy` are kept under it. */
  readonly id: string;
}

/** What a connection shows of itself. */
export interface Credentials {
  readonly user?: string;
  readonly token?: string;
  /** Of the upgrade request, with names in lower case; empty where there was none. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface AuthorizeRequest<P extends Principal = Principal> {
  readonly principal: P;
  readonly action: 'read' | 'write';
  readonly group: string;
  /** The doc; with `read` also the prefix of a feed, where `''` is the whole group. */
  readonly key: string;
  /** The doc's value before and after the write, decoded when looked at; `undefined` when absent. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Port: who may do what. `write` implies `read` of the same key.
 *
 * `authorize` is asked inside the commit, so it should answer from memory; a rejected promise makes the push
 * fail with a retryable error, while `false` refuses the mutation for good.
 */
export interface SyncAuth<P extends Principal = Principal> {
  authenticate(credentials: Credentials): P | null | Promise<P | null>;
  authorize(request: AuthorizeRequest<P>): boolean | Promise<boolean>;
}
