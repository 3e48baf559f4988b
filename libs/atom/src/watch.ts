import { guarded } from './turns';

/**
 * Called after each change with the key it was added under, the atom or cursor it watches, and the values
 * before and after. What it throws is reported as an unhandled error and stops nobody else.
 */
export type Watch<T, Ref> = (key: unknown, ref: Ref, before: T, after: T) => void;

/** The watches of one atom, called in the order they were added. */
export class Watches<T, Ref> {
  readonly #watches = new Map<unknown, { readonly watch: Watch<T, Ref>; readonly since: number }>();

  /** Adds or replaces the watch under `key`; it hears of what is written after turn `since`. */
  add(key: unknown, watch: Watch<T, Ref>, since: number): void {
    this.#watches.set(key, { watch, since });
  }

  remove(key: unknown): void {
    this.#watches.delete(key);
  }

  clear(): void {
    this.#watches.clear();
  }

  changed(ref: Ref, before: T, after: T, turn: number): void {
    for (const [key, { watch, since }] of this.#watches) {
      if (since < turn) guarded(() => watch(key, ref, before, after));
    }
  }
}
