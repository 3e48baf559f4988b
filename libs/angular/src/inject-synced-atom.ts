import { computed } from '@angular/core';
import type { DocMap } from '@atomsync/atom';
import { syncedAtom, type SyncedAtom, type SyncedAtomOptions } from '@atomsync/client';
import { follow, type SourceOf } from './follow';
import { followingRef } from './following-ref';
import type { Equality } from './hold';
import { keysSignal } from './keys-signal';
import { openRef } from './open-ref';
import { injectHoldRendering } from './rendering';
import { inInjector } from './signal-options';
import { connectionOf, type ConnectionOptions } from './sync-options';
import type { SyncedAtomRef } from './synced-atom-ref';

export interface InjectSyncedAtomOptions<D> extends SyncedAtomOptions<D>, ConnectionOptions {
  /** When `value` counts as unchanged, so that nobody is told; by default when it holds the very same docs. */
  readonly equal?: Equality<DocMap<D>>;
}

/**
 * The docs of a group as signals, open as long as the injector lives. Given a function of signals, an input perhaps, it
 * follows the group that this tells: opens it, and closes the one before.
 *
 * @throws AngularSyncError `NO_PROVIDER`; what `syncedAtom` throws
 * @example
 * readonly todos = injectSyncedAtom<Todo>(() => 'list/' + this.id());
 * readonly left = computed(() => this.todos.list().filter((todo) => !todo.done).length);
 * add(text: string) { this.todos.atom.add({ text, done: false }); }
 */
export function injectSyncedAtom<D>(
  group: SourceOf<string>,
  options: InjectSyncedAtomOptions<D> = {},
): SyncedAtomRef<D> {
  return inInjector(injectSyncedAtom, options, () => {
    const sync = connectionOf(options);
    const hold = injectHoldRendering();
    const { injector: _injector, connection: _connection, equal, ...atomOptions } = options;
    const ref = followingRef(
      follow(group, (name: string) =>
        openRef<DocMap<D>, SyncedAtom<D>>(sync, name, syncedAtom<D>(sync, name, atomOptions), {
          hold,
          equal,
        }),
      ),
    );
    const list = computed(() => ref.value().list);
    return Object.defineProperties({} as SyncedAtomRef<D>, {
      ...Object.getOwnPropertyDescriptors(ref),
      ...Object.getOwnPropertyDescriptors({ list, keys: keysSignal(ref.value) }),
    });
  });
}
