import { computed, signal, untracked, type Signal } from '@angular/core';
import type { AtomSync } from '@atomsync/client';
import { sameValue } from './equality';
import type { Closable } from './follow';
import { hold, type Equality } from './hold';
import { OpenSources, type Source } from './open-sources';
import type { SyncedRef } from './synced-atom-ref';
import type { Observable } from 'rxjs';

/** What a synced atom is, whatever it holds. */
export interface SyncedSource<T> extends Observable<T>, Source, Closable {
  readonly value: T;
  ready(): Promise<void>;
}

/** An open atom and the signals on it. */
export interface OpenRef<A, T> extends SyncedRef, Closable {
  readonly atom: A;
  readonly value: Signal<T>;
}

export function openRef<T, A extends SyncedSource<T>>(
  sync: AtomSync,
  group: string,
  atom: A,
  equal: Equality<T> = sameValue,
): OpenRef<A, T> {
  const held = hold<T>(atom, atom.value, equal);
  const { status, close } = OpenSources.of(sync).add(group, atom);
  const ready = signal(false);
  let closed = false;
  void atom.ready().then(() => {
    if (!closed) ready.set(true);
  });
  return {
    atom,
    value: held.value,
    status,
    pending: computed(() => status().pending),
    ready: ready.asReadonly(),
    close: () => {
      closed = true;
      held.close();
      untracked(close);
      atom.close();
    },
  };
}
