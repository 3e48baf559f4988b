import type { Signal, WritableSignal } from '@angular/core';
import type { SwapArg } from '@atomsync/atom';

/** The writing half of a signal on an atom or a cursor; every write goes to the atom. */
export interface AtomWrites<T, C, W> {
  /** Sets the value to `fn(value, ...args)` and returns what is there then. The very same value back: nothing happens. */
  swap<A extends readonly SwapArg[]>(fn: (current: C, ...args: A) => W, ...args: A): T;
  swap<const A extends readonly SwapArg[]>(fn: (current: C, ...args: A) => W, ...args: A): T;
  /** Sets the value and returns it. */
  reset(value: W): T;
}

/**
 * A signal whose value is an atom's: `swap`, `reset`, and with them `update`, `set` and two-way bindings, write to the
 * atom, and what anyone else writes there arrives.
 */
export interface AtomSignal<T> extends WritableSignal<T>, AtomWrites<T, T, T> {}

/** As {@link AtomSignal}, on a place where less may be written than is read: a doc that may be absent. */
export interface CursorSignal<T, C = T, W = T> extends Signal<T>, AtomWrites<T, C, W> {}
