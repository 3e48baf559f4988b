import { valuesEqual } from '@atomsync/protocol';
import type { Subscription } from 'rxjs';
import { type Observable } from 'rxjs';
import type { AtomSync } from './atom-sync';
import { syncedAtom } from './synced-atom';

/** Where a one-way atom travels. */
export interface ChannelOptions {
  /** Names the atom on its channel; publisher and subscribers use the same. */
  readonly atomId: string;
  /** The group it travels in; `'atom-sync'` by default. */
  readonly channel?: string;
}

export const DEFAULT_CHANNEL = 'atom-sync';

/**
 * Publishes an atom one way: its value now, and every value it takes, to all who `subscribeAtom` to it. The
 * publisher's value stands; nothing comes back. Unsubscribe to stop.
 *
 * @example
 * const state = atom({ count: 0 });
 * const publishing = publishAtom(conn, state, { atomId: 'app-state' });
 * state.swap((s) => ({ ...s, count: 1 }));
 * publishing.unsubscribe();
 */
export function publishAtom<T>(
  sync: AtomSync,
  source: Observable<T>,
  { atomId, channel = DEFAULT_CHANNEL }: ChannelOptions,
): Subscription {
  const docs = syncedAtom<T>(sync, channel);
  const publishing = source.subscribe((value) => {
    // A function, so that a rebase puts the publisher's whole value again and merges nothing.
    docs.swap((all) => (valuesEqual(all.get(atomId), value) ? all : all.with(atomId, value)));
  });
  publishing.add(() => {
    docs.close();
  });
  return publishing;
}
