import { computed, untracked } from '@angular/core';
import type { Cursor } from '@atomsync/atom';
import type { Observable } from 'rxjs';
import type { AtomSignal } from './atom-signal-type';
import { sameValue } from './equality';
import { follow, type SourceOf } from './follow';
import { hold } from './hold';
import { inInjector, type SignalOptions } from './signal-options';

/** What atoms and cursors have in common: a value that can be followed, and written. */
export interface Place<T> extends Observable<T>, Pick<Cursor<T>, 'swap' | 'reset'> {
  readonly value: T;
}

type Writes<T> = Pick<AtomSignal<T>, 'swap' | 'reset' | 'set' | 'update' | 'asReadonly'>;

/** The signal of a place, with the place's writes. */
export function placeSignal<T>(
  caller: (...args: never) => unknown,
  source: SourceOf<Place<T>>,
  options: SignalOptions<T>,
): AtomSignal<T> {
  return inInjector(caller, options, () => {
    const opened = follow(source, (place: Place<T>) => ({
      place,
      ...hold(place, place.value, options.equal ?? sameValue),
    }));
    const read = typeof source === 'function' ? computed(() => opened().value()) : opened().value;
    const place = (): Place<T> => untracked(opened).place;
    const writes: Writes<T> = {
      swap: (fn: (current: T, ...args: never) => T, ...args: never) => place().swap(fn, ...args),
      reset: (value) => place().reset(value),
      set: (value) => void place().reset(value),
      update: (fn) => void place().swap(fn),
      asReadonly: () => computed(read),
    };
    // The brand of writable signals is a type alone, and Angular's own.
    return Object.assign(read, writes) as unknown as AtomSignal<T>;
  });
}
