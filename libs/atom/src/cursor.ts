import { Observable, type Subscriber } from 'rxjs';
import type { Sink } from './cursor-index';
import type { CursorRoot } from './cursor-root';
import type { Path, Segment } from './parts';
import type { CurrentOf, ReadOf, SegmentOf, SwapArg, WriteOf } from './place-types';
import { internalsOf } from './subject-internals';
import type { Watch } from './watch';
import { readAt, type PathDefault, type Write } from './write';

/** `at(key, { default: value })`: what is read and swapped where there is nothing. */
export interface CursorOptions<T> {
  readonly default: T;
}

/**
 * A writable view on a part of an atom: reads and writes like an atom, emits the current part on subscription
 * and then whenever the part changes (`Object.is`), and ends with its atom.
 *
 * `T` is what is read, `C` what a swap is given, `W` what may be written.
 *
 * @example
 * const name = user.at('profile', 'name');
 * name.swap((n) => n.trim());
 */
export class Cursor<T, C = T, W = T> extends Observable<T> {
  readonly #root: CursorRoot;
  readonly #defaults: readonly PathDefault[];
  /** Where the atom is listened to: from the first default on, absence is told apart here. */
  readonly #anchor: Path;
  /** Where in the atom's value the part lies. */
  readonly path: Path;

  /** @internal Made by `at`. */
  constructor(root: CursorRoot, path: Path, defaults: readonly PathDefault[] = []) {
    super();
    this.#root = root;
    this.path = path;
    this.#defaults = defaults;
    this.#anchor = path.slice(0, defaults[0]?.depth ?? path.length);
  }

  /** The part, or its default. Throws what the atom's `value` throws. */
  get value(): T {
    return readAt(this.#root.atom.getValue(), this.path, this.#defaults) as T;
  }

  /** `value` under the name Clojure gives it. */
  deref(): T {
    return this.value;
  }

  /**
   * Sets the part to `fn(part, ...args)` and returns it. The very same part back: nothing happens.
   *
   * @throws {AtomError} `NO_SUCH_DOC` on an absent doc without a default, `INVALID`, `BAD_PATH`, `CLOSED`
   */
  swap<A extends readonly SwapArg[]>(fn: (current: C, ...args: A) => W, ...args: A): T;
  swap<const A extends readonly SwapArg[]>(fn: (current: C, ...args: A) => W, ...args: A): T;
  swap(fn: (current: C, ...args: never) => W, ...args: readonly unknown[]): T {
    return this.#write({ kind: 'swap', path: this.path, fn, args, defaults: this.#defaults });
  }

  /**
   * Sets the part and returns it. The very same part: nothing happens. `undefined` is a value like any other,
   * but not a doc; to remove, use `dissoc` on what holds the part.
   *
   * @throws {AtomError} `INVALID`, `BAD_PATH`, `CLOSED`; `NO_SUCH_DOC` below an absent doc without a default
   */
  reset(value: W): T {
    return this.#write({ kind: 'reset', path: this.path, value, defaults: this.#defaults });
  }

  /** As `reset`, but of no effect once the atom has ended: a cursor can be given to `subscribe`. */
  next(value: W): void {
    if (!this.#isStopped) this.reset(value);
  }

  /** Sets the part if it still is `expected` (`===`, or both NaN); says whether it was. */
  compareAndSet(expected: T, value: W): boolean {
    if (![this.value].includes(expected)) return false;
    this.reset(value);
    return true;
  }

  /**
   * Calls `watch` whenever the part changes. Watches belong to the place: any cursor on it can remove them, and
   * one under the same key is replaced.
   */
  addWatch(key: unknown, watch: Watch<T, this>): this {
    if (this.#isStopped) return this;
    const tell = (before: unknown, after: unknown): void => watch(key, this, before as T, after as T);
    this.#root.watches.add(this.path, key, () => this.#root.add(this.#anchor, this.#sink(tell)));
    return this;
  }

  removeWatch(key: unknown): this {
    this.#root.watches.remove(this.path, key);
    return this;
  }

  /** A cursor further down. See `Atom.at`. */
  at<K extends SegmentOf<T>>(k: K): Cursor<ReadOf<T, K>, CurrentOf<C, K>, WriteOf<W, K>>;
  at<K extends SegmentOf<T>>(
    k: K,
    options: CursorOptions<WriteOf<W, K>>,
  ): Cursor<Exclude<ReadOf<T, K>, undefined>, Exclude<CurrentOf<C, K>, undefined>, WriteOf<W, K>>;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>>(
    k: K,
    l: L,
  ): Cursor<ReadOf<ReadOf<T, K>, L>, CurrentOf<CurrentOf<C, K>, L>, WriteOf<WriteOf<W, K>, L>>;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>>(
    k: K,
    l: L,
    options: CursorOptions<WriteOf<WriteOf<W, K>, L>>,
  ): Cursor<
    Exclude<ReadOf<ReadOf<T, K>, L>, undefined>,
    Exclude<CurrentOf<CurrentOf<C, K>, L>, undefined>,
    WriteOf<WriteOf<W, K>, L>
  >;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>, M extends SegmentOf<ReadOf<ReadOf<T, K>, L>>>(
    k: K,
    l: L,
    m: M,
  ): Cursor<
    ReadOf<ReadOf<ReadOf<T, K>, L>, M>,
    CurrentOf<CurrentOf<CurrentOf<C, K>, L>, M>,
    WriteOf<WriteOf<WriteOf<W, K>, L>, M>
  >;
  at<
    K extends SegmentOf<T>,
    L extends SegmentOf<ReadOf<T, K>>,
    M extends SegmentOf<ReadOf<ReadOf<T, K>, L>>,
    N extends SegmentOf<ReadOf<ReadOf<ReadOf<T, K>, L>, M>>,
  >(
    k: K,
    l: L,
    m: M,
    n: N,
  ): Cursor<
    ReadOf<ReadOf<ReadOf<ReadOf<T, K>, L>, M>, N>,
    CurrentOf<CurrentOf<CurrentOf<CurrentOf<C, K>, L>, M>, N>,
    WriteOf<WriteOf<WriteOf<WriteOf<W, K>, L>, M>, N>
  >;
  at(...path: readonly unknown[]): unknown {
    return openCursor(this.#root, this.path, this.#defaults, path as AtPath);
  }

  /** @internal RxJS's hook. */
  protected _subscribe(subscriber: Subscriber<T>): (() => void) | void {
    // After its end, the atom knows what to say.
    if (this.#isStopped) return void this.#root.atom.subscribe(subscriber as Subscriber<unknown>);
    const value = this.value;
    const sink = this.#sink((_, after) => subscriber.next(after as T), subscriber);
    subscriber.add(this.#root.add(this.#anchor, sink));
    this.#root.greet(subscriber, value);
  }

  #sink(tell: (before: unknown, after: unknown) => void, subscriber?: Subscriber<T>): Sink {
    const part = (anchored: unknown): unknown =>
      readAt(anchored, this.path, this.#defaults, this.#anchor.length);
    return {
      subscriber,
      changed: (before, after) => {
        const [from, to] = [part(before), part(after)];
        if (!Object.is(from, to)) tell(from, to);
      },
    };
  }

  get #isStopped(): boolean {
    return internalsOf(this.#root.atom).isStopped;
  }

  #write(write: Write): T {
    return readAt(this.#root.write(write), this.path, this.#defaults) as T;
  }
}

/** What `at` is called with. */
export type AtPath = readonly (Segment | CursorOptions<unknown>)[];

/** The cursor that `at` makes: `path` goes on from `base`, and may end with `{ default }`. */
export const openCursor = (
  root: CursorRoot,
  base: Path,
  defaults: readonly PathDefault[],
  path: AtPath,
): Cursor<unknown> => {
  const last = path.at(-1);
  const whole = [...base, ...path] as Segment[];
  if (typeof last !== 'object') return new Cursor(root, whole, defaults);
  whole.pop();
  return new Cursor(root, whole, [...defaults, { depth: whole.length, value: last.default }]);
};
