import { syncedValue, type SyncedValue, type SyncedValueOptions } from '@atomsync/client';
import { follow, type SourceOf } from './follow';
import { followingRef } from './following-ref';
import type { Equality } from './hold';
import { openRef } from './open-ref';
import { injectHoldRendering } from './rendering';
import { inInjector } from './signal-options';
import { connectionOf, type ConnectionOptions } from './sync-options';
import type { SyncedValueRef } from './synced-atom-ref';

export interface InjectSyncedValueOptions<T> extends SyncedValueOptions<T>, ConnectionOptions {
  /** When `value` counts as unchanged, so that nobody is told; by default for equal contents. */
  readonly equal?: Equality<T>;
}

/**
 * The one value of a group as a signal, open as long as the injector lives. Given a function of signals it follows the
 * group that this tells.
 *
 * @param initial stands for the value where none has been written
 * @throws AngularSyncError `NO_PROVIDER`; what `syncedValue` throws
 * @example
 * readonly visits = injectSyncedValue('visits', 0);
 * count() { this.visits.atom.swap((n) => n + 1); }
 */
export function injectSyncedValue<T>(
  group: SourceOf<string>,
  initial: T,
  options: InjectSyncedValueOptions<T> = {},
): SyncedValueRef<T> {
  return inInjector(injectSyncedValue, options, () => {
    const sync = connectionOf(options);
    const hold = injectHoldRendering();
    const { injector: _injector, connection: _connection, equal, ...atomOptions } = options;
    return followingRef(
      follow(group, (name: string) =>
        openRef<T, SyncedValue<T>>(sync, name, syncedValue(sync, name, initial, atomOptions), {
          hold,
          equal,
        }),
      ),
    );
  });
}
