import type { Observable } from 'rxjs';

/**
 * Port: how gateways on the same data tell each other of commits. It is a hint and never the truth: what it loses, tells
 * twice or in another order is found out by versions and read from the store.
 */
export interface CommitBus {
  /** Takes its place among the gateways on the data of this name. Does not wait until others can be reached. */
  open(data: string): Promise<void>;
  /** Tells others; it may or may not arrive. Never throws. */
  publish(group: string, message: Uint8Array): void;
  /** What others, and this process, have told of groups that are followed. */
  readonly messages$: Observable<Uint8Array>;
  /** Follows a group, or all that match a pattern like `list/*`. Resolves when it does, or when nobody can be reached. */
  follow(group: string): Promise<void>;
  unfollow(group: string): void;
  /** Whether others can be reached; begins with what is so now. */
  readonly isUp$: Observable<boolean>;
  close(): Promise<void>;
}
