import type { Observable } from 'rxjs';

/** Port: one open socket, as the hub sees it. */
export interface Link {
  /** Frames in the order of arrival; completes or errors when the socket is closed. */
  readonly frames$: Observable<Uint8Array>;
  send(frame: Uint8Array): void;
  /** Bytes accepted by `send` that have not left yet. */
  buffered(): number;
  /** Closes after what was sent has left. `reason` is at most 123 bytes of UTF-8. */
  close(code: number, reason: string): void;
  /** The code that the other side has closed it with; for the log. */
  closedWith?(): number | undefined;
}
