import { assertInInjectionContext, runInInjectionContext, type Injector } from '@angular/core';
import type { Equality } from './hold';

/** Where something is opened. */
export interface InjectorOptions {
  /** Whose end ends it; by default that of the injection context it is called in. */
  readonly injector?: Injector;
}

export interface SignalOptions<T> extends InjectorOptions {
  /** When the signal counts as unchanged, so that nobody is told; by default for equal contents. */
  readonly equal?: Equality<T>;
}

/** Runs `fn` in the given injector, or in the current injection context. */
export function inInjector<R>(caller: (...args: never) => unknown, options: InjectorOptions, fn: () => R): R {
  if (options.injector) return runInInjectionContext(options.injector, fn);
  assertInInjectionContext(caller);
  return fn();
}
