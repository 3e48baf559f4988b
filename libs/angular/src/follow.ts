import { computed, DestroyRef, effect, inject, untracked, type Signal } from '@angular/core';
import { AngularSyncError } from './angular-sync-error';

/** A source, or a function of signals that says which one. */
export type SourceOf<S> = S | (() => S);

/** Something that is open, and can be closed. */
export interface Closable {
  close(): void;
}

/**
 * What is open for the current source. A source that is given as it is, is opened at once. One that a function tells
 * is opened when it is first read, and no later than with the next effects: inputs have their values then. When the
 * function tells another one, that is opened and the one before closed; the last one goes with the injector.
 */
export function follow<S, O extends Closable>(
  source: SourceOf<S>,
  open: (source: S) => O,
  equal?: (a: S, b: S) => boolean,
): Signal<O> {
  let current: O | undefined;
  let destroyed = false;
  inject(DestroyRef).onDestroy(() => {
    destroyed = true;
    current?.close();
  });

  if (!isFunction(source)) {
    const opened = (current = open(source));
    return computed(() => opened);
  }

  const told = computed(source, equal ? { equal } : {});
  const following = computed(() => {
    const next = told();
    return untracked(() => {
      if (destroyed) return current ?? refuse();
      const before = current;
      current = undefined;
      try {
        return (current = open(next));
      } finally {
        before?.close();
      }
    });
  });
  effect(() => void following());
  return following;
}

function isFunction<S>(source: SourceOf<S>): source is () => S {
  return typeof source === 'function';
}

function refuse(): never {
  throw new AngularSyncError(
    'DESTROYED',
    'What was to be opened belongs to an injector that is destroyed: there is nobody to close it. Read it before, or ' +
      'give the injector of something that lives longer.',
  );
}
