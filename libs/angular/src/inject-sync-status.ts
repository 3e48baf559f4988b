import { computed, DestroyRef, inject, type Signal } from '@angular/core';
import type { ConnectionStatus, Rejected } from '@atomsync/client';
import { hold } from './hold';
import { OpenSources, type GroupConflict } from './open-sources';
import { inInjector } from './signal-options';
import { connectionOf, type ConnectionOptions } from './sync-options';

/** How a connection stands, and what is under way in it, as signals. */
export interface SyncStatusRef {
  /** All that is known of the connection. */
  readonly connection: Signal<ConnectionStatus>;
  readonly phase: Signal<ConnectionStatus['phase']>;
  readonly online: Signal<boolean>;
  /** There is no connection, and none on its way: there is no network, or the app has paused, or was refused. */
  readonly offline: Signal<boolean>;
  /** Own mutations not yet confirmed, in all atoms that are open through this package. */
  readonly pending: Signal<number>;
  /** Writes that met others', in these atoms since they were opened: the latest hundred, oldest first. */
  readonly conflicts: Signal<readonly GroupConflict[]>;
  /** Mutations refused for good and not yet taken or dropped. */
  readonly rejected: Signal<readonly Rejected[]>;
  /** Forgets the conflicts: the user has seen them. */
  clearConflicts(): void;
}

/**
 * The state of the provided connection, for a status line.
 *
 * @throws AngularSyncError `NO_PROVIDER`
 * @example
 * ```ts
 * readonly sync = injectSyncStatus();
 * // template: @if (sync.offline()) { offline } @else if (sync.pending()) { saving {{ sync.pending() }} }
 * ```
 */
export function injectSyncStatus(options: ConnectionOptions = {}): SyncStatusRef {
  return inInjector(injectSyncStatus, options, () => {
    const sync = connectionOf(options);
    const sources = OpenSources.of(sync);
    const connection = hold<ConnectionStatus>(sync.status$, { phase: 'connecting', attempt: 0 });
    const rejected = hold<readonly Rejected[]>(sync.rejected$, []);
    inject(DestroyRef).onDestroy(() => {
      connection.close();
      rejected.close();
    });
    const phase = computed(() => connection.value().phase);
    return {
      connection: connection.value,
      phase,
      online: computed(() => phase() === 'online'),
      offline: computed(() => phase() !== 'online' && phase() !== 'connecting'),
      pending: sources.pending,
      conflicts: sources.conflicts,
      rejected: rejected.value,
      clearConflicts: () => sources.clearConflicts(),
    };
  });
}
