import type { Observable } from 'rxjs';

/** Port: what tabs of one profile share. */
export interface TabPlatform {
  /**
   * Waits for the lock of this name, or takes it from its holder. Emits when it is held, completes when it was
   * taken away; unsubscribing gives it back, and so does the end of the tab.
   */
  lock(name: string, steal: boolean): Observable<void>;
  /** What the other tabs post, in the order in which each posted it; structured clones, and never one's own. */
  channel(name: string): TabChannel;
  /** Nobody sees this tab: its timers may be slowed down, to one in a minute. */
  isHidden(): boolean;
}

export interface TabChannel {
  readonly messages$: Observable<unknown>;
  post(message: unknown): void;
  close(): void;
}
