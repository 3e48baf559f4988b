import type { Observable } from 'rxjs';

/** One open socket. */
export interface Link {
  /** Frames as they arrive; completes or errors when the socket closes. */
  readonly down$: Observable<Uint8Array>;
  send(frame: Uint8Array): void;
  /** Bytes accepted by `send` that have not left yet. */
  buffered(): number;
}

/**
 * Port: how frames travel. Subscribing connects and emits the link once it is open; unsubscribing closes
 * it. A link that cannot be had, or ends, is an error; nothing is retried in here.
 */
export type Transport = (url: string) => Observable<Link>;
