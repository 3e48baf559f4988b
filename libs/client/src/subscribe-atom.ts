import type { Atom } from '@atomsync/atom';
import type { Subscription } from 'rxjs';
import type { AtomSync } from './atom-sync';
import { DEFAULT_CHANNEL, type ChannelOptions } from './publish-atom';
import { syncedAtom } from './synced-atom';

export interface SubscribeAtomOptions<T> extends ChannelOptions {
  /** Told of every update, after the atom has taken it. */
  readonly onUpdate?: (before: T, after: T) => void;
}

/**
 * Resets `target` to every value that the publisher of `atomId` publishes, beginning with its current one.
 * Unsubscribe to stop; the target keeps its last value.
 *
 * @example
 * const state = atom({ count: 0 });
 * const updates = subscribeAtom(conn, state, { atomId: 'app-state', onUpdate: (before, after) => {} });
 */
export function subscribeAtom<T>(
  sync: AtomSync,
  target: Atom<T>,
  { atomId, channel = DEFAULT_CHANNEL, onUpdate }: SubscribeAtomOptions<T>,
): Subscription {
  const docs = syncedAtom<T>(sync, channel);
  const updates = docs.at(atomId).subscribe((value) => {
    if (value === undefined) return;
    const before = target.deref();
    const after = target.reset(value as T);
    onUpdate?.(before, after);
  });
  updates.add(() => {
    docs.close();
  });
  return updates;
}
