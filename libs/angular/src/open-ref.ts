import { computed, untracked, type Signal } from '@angular/core';
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
  readonly isReady: boolean;
  ready(): Promise<void>;
}

/** An open atom and the signals on it. */
export interface OpenRef<A, T> extends SyncedRef, Closable {
  readonly atom: A;
  readonly value: Signal<T>;
}

export interface OpenRefOptions<T> {
  /** Told of what a page that is rendered has to wait for. */
  readonly hold: (until: Promise<unknown>) => void;
  readonly equal?: Equality<T> | undefined;
}

export function openRef<T, A extends SyncedSource<T>>(
  sync: AtomSync,
  group: string,
  atom: A,
  { hold: holdRendering, equal = sameValue }: OpenRefOptions<T>,
): OpenRef<A, T> {
  const held = hold<T>(atom, atom.value, equal);
  const { status, close } = OpenSources.of(sync).add(group, atom);
  holdRendering(atom.ready());
  return {
    atom,
    value: held.value,
    status,
    pending: computed(() => status().pending),
    ready: computed(() => status().phase !== 'signed-out' && atom.isReady),
    close: () => {
      held.close();
      untracked(close);
      atom.close();
    },
  };
}
