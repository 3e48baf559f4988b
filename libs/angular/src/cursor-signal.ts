import type { Cursor } from '@atomsync/atom';
import type { AtomSignal, CursorSignal } from './atom-signal-type';
import type { SourceOf } from './follow';
import { placeSignal, type Place } from './place-signal';
import type { SignalOptions } from './signal-options';

/**
 * A cursor as a signal that can be written; see `atomSignal`. In a long list, one in each row: a change of one doc
 * notifies the one row. Given a function of signals, an input perhaps, it follows the place that this tells.
 *
 * Where anything that is read may also be written it is a `WritableSignal`, which two-way bindings take. The place of a
 * doc that may be absent is not: it reads `undefined`, and takes docs only.
 *
 * @throws what the cursor's `swap` and `reset` throw, on writes
 * @example
 * readonly id = input.required<string>();
 * readonly todo = cursorSignal(() => this.todos.atom.at(this.id()));
 * toggle() { this.todo.swap((todo) => ({ ...todo, done: !todo.done })); }
 */
export function cursorSignal<T>(source: SourceOf<Cursor<T>>, options?: SignalOptions<T>): AtomSignal<T>;
export function cursorSignal<T, C, W>(
  source: SourceOf<Cursor<T, C, W>>,
  options?: SignalOptions<T>,
): CursorSignal<T, C, W>;
export function cursorSignal<T, C, W>(
  source: SourceOf<Cursor<T, C, W>>,
  options: SignalOptions<T> = {},
): CursorSignal<T, C, W> {
  const places = source as unknown as SourceOf<Place<T>>;
  return placeSignal<T>(cursorSignal, places, options) as unknown as CursorSignal<T, C, W>;
}
