import type { Signal } from '@angular/core';
import type { Doc, DocMap } from '@atomsync/atom';
import type { SyncedAtom, SyncedValue, SyncStatus } from '@atomsync/client';

/** How an atom stands, as signals. */
export interface SyncedRef {
  /** Phase, pending count, error. */
  readonly status: Signal<SyncStatus>;
  /** How many own mutations are not confirmed yet. */
  readonly pending: Signal<number>;
  /** Whether the value is there: from the local store, from the server, or handed over by the one that rendered the page. */
  readonly ready: Signal<boolean>;
}

/** The docs of a group as signals, and the atom that holds them. */
export interface SyncedAtomRef<D> extends SyncedRef {
  /** The atom of the current group. Where the group follows signals, reading it is reading a signal of it. */
  readonly atom: SyncedAtom<D>;
  readonly value: Signal<DocMap<D>>;
  /** All docs in the order of their keys. */
  readonly list: Signal<readonly Doc<D>[]>;
  /** All keys in order: the same array until a doc comes or goes. */
  readonly keys: Signal<readonly string[]>;
}

/** The value of a group as a signal, and the atom that holds it. */
export interface SyncedValueRef<T> extends SyncedRef {
  /** The atom of the current group. Where the group follows signals, reading it is reading a signal of it. */
  readonly atom: SyncedValue<T>;
  readonly value: Signal<T>;
}
