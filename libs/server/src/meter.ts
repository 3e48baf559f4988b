import type { PushOutcome } from './decide-push';
import type { Queued, QueuedPush } from './queued-push';

/** Port: counts what goes through the writer. Called on its way: quick, and never throwing. */
export interface Meter {
  /** It waits for the writer. */
  arrived(item: Queued): void;
  /** A transaction has ended, well or not; where it failed, the pushes say so. */
  decided(pushes: readonly (QueuedPush & { readonly outcome: PushOutcome })[]): void;
  /** They wait no more: decided, or dropped because another connection speaks for their line now. */
  left(items: readonly Queued[]): void;
}
