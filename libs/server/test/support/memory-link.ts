import { decodeDown, encodeUp, type DownMessage, type UpMessage } from '@atomsync/protocol';
import { Subject } from 'rxjs';
import type { Link } from '../../src/link';

/** The client's end of a link in memory: what it is told, in order, and what it says. */
export class MemoryLink implements Link {
  readonly frames$ = new Subject<Uint8Array>();
  readonly frames: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;
  /** What `buffered` answers: a socket that does not drain. */
  stuck = 0;

  #stuckAfter: DownMessage['type'] | undefined;

  /** Lets the socket take no more from the next such message on. */
  stuckAfter(type: DownMessage['type']): void {
    this.#stuckAfter = type;
  }

  send(frame: Uint8Array): void {
    this.frames.push(frame.slice());
    if (this.#stuckAfter !== undefined && decodeDown(frame).type === this.#stuckAfter) {
      this.stuck = 1000;
      this.#stuckAfter = undefined;
    }
  }

  buffered(): number {
    return this.stuck;
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
    this.frames$.complete();
  }

  say(message: UpMessage): void {
    this.frames$.next(encodeUp(message));
  }

  /** What has been received since the last look. */
  take(): DownMessage[] {
    return this.frames.splice(0).map((frame) => decodeDown(frame));
  }
}
