import type { Atom } from '@atomsync/atom';
import type { AtomSignal } from './atom-signal-type';
import type { SourceOf } from './follow';
import { placeSignal } from './place-signal';
import type { SignalOptions } from './signal-options';

/**
 * An atom as a signal that can be written: whatever changes the atom changes the signal, and `swap`, `reset`, `update`,
 * `set` and two-way bindings change the atom. Given a function of signals it follows the atom that this tells.
 *
 * Equal contents do not notify (`equal` decides otherwise). Call it in an injection context, or give an `injector`:
 * with that the subscription ends; the atom stays as it is.
 *
 * @throws what the atom's `swap` and `reset` throw, on writes
 * @example
 * readonly count = atomSignal(counter);
 * increment() { this.count.swap((n) => n + 1); }
 */
export function atomSignal<T>(source: SourceOf<Atom<T>>, options: SignalOptions<T> = {}): AtomSignal<T> {
  return placeSignal<T>(atomSignal, source, options);
}
