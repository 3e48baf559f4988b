import type { Observable } from 'rxjs';
import type { Answer } from './answer';

/** Who speaks on a connection. Apps may put more into theirs; `authorize` gets it back as it was. */
export interface Principal {
  /** Stable and unique: lines and `updatedBy` are kept under it. */
  readonly id: string;
  /** Milliseconds since 1970 from which on it counts no more; the connection is closed then with `TOKEN_EXPIRED`. */
  readonly expiresAt?: number | undefined;
}

/** What a connection, or a request, shows of itself. */
export interface Credentials {
  readonly user?: string;
  /** Of `hello`, of a renewal, or of the header `Authorization: Bearer …`; never of a URL. */
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
 * Port: who may do what. `write` implies `read` of the same key. Answers may come at once, as promises or from
 * Observables.
 *
 * `authorize` is asked inside the commit, so it should answer from memory; a failure makes the push
 * fail with a retryable error, while `false` refuses the mutation for good.
 */
export interface SyncAuth<P extends Principal = Principal> {
  /** `null` for credentials that are not known. A principal whose `expiresAt` has passed is told `TOKEN_EXPIRED`. */
  authenticate(credentials: Credentials): Answer<P | null>;
  authorize(request: AuthorizeRequest<P>): Answer<boolean>;
  /**
   * What the principal may read of a group, as any text that changes when it does: cursors hold only while it stays.
   * Without it they always do.
   */
  readRights?(principal: P, group: string): string;
  /**
   * Rights or credentials that have changed, while connections are open. With an id, each connection of that principal
   * is authenticated anew with what it showed, and closed when that is not known any more; a principal takes
   * the place of the one with its id. Then all its feeds are authorized again.
   */
  readonly changes$?: Observable<P | string>;
}
