import { computed, type Signal } from '@angular/core';
import type { OpenRef } from './open-ref';
import type { SyncedRef } from './synced-atom-ref';

/** The signals of whatever is open at the time. */
export function followingRef<A, T>(
  opened: Signal<OpenRef<A, T>>,
): SyncedRef & { readonly atom: A; readonly value: Signal<T> } {
  return {
    get atom() {
      return opened().atom;
    },
    value: computed(() => opened().value()),
    status: computed(() => opened().status()),
    pending: computed(() => opened().pending()),
    ready: computed(() => opened().ready()),
  };
}
