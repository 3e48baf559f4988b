import type { DownMessage, UpMessage, Welcome } from '@atomsync/protocol';
import type { Observable } from 'rxjs';

/** Messages that speak of one group. */
export type GroupMessage =
  Extract<DownMessage, { readonly group: string }> | Extract<DownMessage, { type: 'error' }>;

/** One welcomed connection, from `welcome` to the end of its socket. */
export interface Session {
  readonly welcome: Welcome;
  /** What the server says of `group`, in the order of arrival; completes with the session. */
  group(name: string): Observable<GroupMessage>;
  /** The server's feed heads as the last heartbeats tell them, for `group`. */
  heads(name: string): Observable<number>;
  send(message: UpMessage): void;
  /** Bytes handed to the socket that have not left yet. */
  buffered(): number;
}
