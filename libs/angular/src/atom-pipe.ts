import { DestroyRef, inject, Pipe, type PipeTransform, type Signal } from '@angular/core';
import type { Observable } from 'rxjs';
import { sameValue } from './equality';
import { hold, type Held } from './hold';

/**
 * The signal of an atom or a cursor, in a template. A pure pipe, and no check is ever needed for it: the signal tells.
 * What it is given should stay the same object, a field of the component: a cursor that the template makes would be a
 * new one at each check.
 *
 * @example
 * <p>{{ (counter | atom)() }} visits</p>
 */
@Pipe({ name: 'atom' })
export class AtomPipe implements PipeTransform {
  #held: Held<unknown> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#held?.close());
  }

  transform<T>(source: Observable<T> & { readonly value: T }): Signal<T> {
    this.#held?.close();
    const held = hold(source, source.value, sameValue);
    this.#held = held;
    return held.value;
  }
}
