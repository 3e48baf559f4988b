import { BehaviorSubject, type Subscriber, type Subscription } from 'rxjs';
import { openCursor, type AtPath, type Cursor, type CursorOptions } from './cursor';
import type { CursorRoot } from './cursor-root';
import { CursorIndex, type Farewell } from './cursor-index';
import { AtomError } from './errors';
import type { CurrentOf, ReadOf, SegmentOf, SwapArg, WriteOf } from './place-types';
import { PlaceWatches } from './place-watches';
import { internalsOf, subscribeAsSubject } from './subject-internals';
import { guarded, Turns } from './turns';
import { checkValid, type Validator } from './validator';
import { Watches, type Watch } from './watch';
import { runWrite, type Write } from './write';

/** What an atom can be told when it is made. */
export interface AtomOptions<T> {
  /** Judges every value, the first one too. */
  readonly validate?: Validator<T>;
  /** When a swap's result counts as the value it was given, so that nothing happens. Default: `Object.is`. */
  readonly equals?: (before: T, after: T) => boolean;
}

// A swap whose function or validator writes to the same atom is run again; one that always does never settles.
const MAX_RUNS = 100;

/**
 * A `BehaviorSubject` that changes by pure functions of its value. Writes take effect at once; notifications
 * queue, so that with nested writes everyone hears of the values in order and ends on `value`.
 *
 * Who subscribes while notifications are being delivered gets the current value, and then only later ones.
 *
 * @example
 * const n = atom(0);
 * n.subscribe(console.log);
 * n.swap((x, by) => x + by, 5); // 5
 */
export class Atom<T> extends BehaviorSubject<T> {
  readonly #validator: Validator<T> | undefined;
  readonly #same: (before: T, after: T) => boolean;
  readonly #turns = new Turns();
  readonly #watches = new Watches<T, this>();
  readonly #cursors = new CursorIndex();
  /** Those who subscribed between turns, with the number of writes their first value included. */
  readonly #late = new Map<unknown, number>();
  #cursorRoot: CursorRoot | undefined;
  #written = 0;

  /** @throws {AtomError} `INVALID` when the validator refuses the initial value */
  constructor(initial: T, options: AtomOptions<T> = {}) {
    super(initial);
    this.#validator = options.validate;
    this.#same = options.equals ?? Object.is;
    checkValid(this.#validator, initial);
  }

  /** The value: `value` under the name Clojure gives it. */
  deref(): T {
    return this.getValue();
  }

  /**
   * Sets the value to `fn(value, ...args)`, tells everyone, and returns it. The very same value back: nothing
   * happens. Writing to the atom within `fn` runs `fn` again on the new value.
   *
   * @throws {AtomError} `INVALID`, `CLOSED`; and what `fn` throws. Then nothing has changed.
   */
  swap<A extends readonly SwapArg[]>(fn: (current: T, ...args: A) => T, ...args: A): T;
  swap<const A extends readonly SwapArg[]>(fn: (current: T, ...args: A) => T, ...args: A): T;
  swap(fn: (current: T, ...args: never) => T, ...args: readonly unknown[]): T {
    return this.#write({ kind: 'swap', path: [], fn, args });
  }

  /**
   * Sets the value, tells everyone, also when it is the same, and returns it.
   *
   * @throws {AtomError} `INVALID`, `CLOSED`
   */
  reset(value: T): T {
    return this.#write({ kind: 'reset', path: [], value });
  }

  /** As `reset`, but, as every observer's `next`, of no effect once the atom has completed or failed. */
  override next(value: T): void {
    if (internalsOf<T>(this).isStopped) super.next(value);
    else this.reset(value);
  }

  /** Sets the value if it still is `expected` (`===`, or both NaN); says whether it was. */
  compareAndSet(expected: T, value: T): boolean {
    if (![this.getValue()].includes(expected)) return false;
    this.reset(value);
    return true;
  }

  /** Calls `watch` after each change, until `removeWatch`. A watch under the same key is replaced. */
  addWatch(key: unknown, watch: Watch<T, this>): this {
    if (!internalsOf<T>(this).isStopped) this.#watches.add(key, watch, this.#written);
    return this;
  }

  removeWatch(key: unknown): this {
    this.#watches.remove(key);
    return this;
  }

  /**
   * A writable view on the part at a path: properties, array indexes, keys of Maps and doc maps. With
   * `{ default }` at the end, what is read and swapped where there is nothing; it is not written by itself.
   *
   * @example
   * user.at('profile', 'name').reset('Ada');
   * counts.at('visits', { default: 0 }).swap((n) => n + 1);
   */
  at<K extends SegmentOf<T>>(k: K): Cursor<ReadOf<T, K>, CurrentOf<T, K>, WriteOf<T, K>>;
  at<K extends SegmentOf<T>>(
    k: K,
    options: CursorOptions<WriteOf<T, K>>,
  ): Cursor<Exclude<ReadOf<T, K>, undefined>, Exclude<CurrentOf<T, K>, undefined>, WriteOf<T, K>>;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>>(
    k: K,
    l: L,
  ): Cursor<ReadOf<ReadOf<T, K>, L>, CurrentOf<CurrentOf<T, K>, L>, WriteOf<WriteOf<T, K>, L>>;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>>(
    k: K,
    l: L,
    options: CursorOptions<WriteOf<WriteOf<T, K>, L>>,
  ): Cursor<
    Exclude<ReadOf<ReadOf<T, K>, L>, undefined>,
    Exclude<CurrentOf<CurrentOf<T, K>, L>, undefined>,
    WriteOf<WriteOf<T, K>, L>
  >;
  at<K extends SegmentOf<T>, L extends SegmentOf<ReadOf<T, K>>, M extends SegmentOf<ReadOf<ReadOf<T, K>, L>>>(
    k: K,
    l: L,
    m: M,
  ): Cursor<
    ReadOf<ReadOf<ReadOf<T, K>, L>, M>,
    CurrentOf<CurrentOf<CurrentOf<T, K>, L>, M>,
    WriteOf<WriteOf<WriteOf<T, K>, L>, M>
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
    CurrentOf<CurrentOf<CurrentOf<CurrentOf<T, K>, L>, M>, N>,
    WriteOf<WriteOf<WriteOf<WriteOf<T, K>, L>, M>, N>
  >;
  at(...path: readonly unknown[]): unknown {
    return openCursor(this.#root, [], [], path as AtPath);
  }

  override error(error: unknown): void {
    if (internalsOf<T>(this).isStopped) return super.error(error);
    Object.assign(internalsOf<T>(this), { hasError: true, thrownError: error });
    this.#end((observer) => observer.error(error));
  }

  override complete(): void {
    if (internalsOf<T>(this).isStopped) return super.complete();
    this.#end((observer) => observer.complete());
  }

  override unsubscribe(): void {
    this.#turns.drop();
    this.#watches.clear();
    // eslint-disable-next-line rxjs-x/no-subject-unsubscribe -- this is unsubscribe
    super.unsubscribe();
  }

  /**
   * The one way in for every write: runs it, validates, publishes, and returns the new value of the atom. To be
   * overridden by atoms that keep or send what is written.
   */
  protected gate(write: Write): T {
    for (let run = 0; run < MAX_RUNS; run++) {
      const before = this.getValue();
      const written = this.#written;
      const after = runWrite(write, before);
      const settled =
        write.kind === 'swap' ? this.#same(before, after) : write.path.length > 0 && Object.is(before, after);
      if (!settled && written === this.#written) this.validate(after);
      // As Clojure's compare-and-set: what was computed from an older value is not taken.
      if (written !== this.#written) continue;
      if (settled) return before;
      this.publish(after);
      return after;
    }
    throw new AtomError(
      'CONTENDED',
      `In each of ${MAX_RUNS} runs the swap's function or the validator wrote to the same atom. Write from a watch or a subscriber instead.`,
    );
  }

  /** @throws {AtomError} `INVALID` */
  protected validate(after: T): void {
    checkValid(this.#validator, after);
  }

  /** Sets the value and tells everyone, unasked: for values that come from outside and have been judged there. */
  protected publish(after: T): void {
    const rx = internalsOf<T>(this);
    const before = rx._value;
    rx._value = after;
    const turn = ++this.#written;
    if (!rx.isStopped) this.#turns.take(() => this.#tell(before, after, turn));
  }

  /** @internal RxJS's hook: who subscribes is added first and gets the value then. */
  protected _subscribe(subscriber: Subscriber<T>): Subscription {
    const subscription = subscribeAsSubject(this, subscriber);
    if (subscription.closed) return subscription;
    if (this.#turns.busy) this.#late.set(subscriber, this.#written);
    this.#greet(subscriber, this.getValue());
    return subscription;
  }

  #write(write: Write): T {
    if (!internalsOf<T>(this).isStopped) return this.gate(write);
    const { hasError, thrownError } = internalsOf<T>(this);
    const how = this.closed ? 'been unsubscribed' : hasError ? 'failed' : 'completed';
    const cause = hasError ? { cause: thrownError } : undefined;
    throw new AtomError('CLOSED', `The atom has ${how}: it takes no more writes.`, cause);
  }

  #tell(before: T, after: T, turn: number): void {
    this.#watches.changed(this, before, after, turn);
    for (const observer of internalsOf<T>(this).observers?.slice() ?? []) {
      if (this.#late.size > 0 && (this.#late.get(observer) ?? 0) >= turn) continue;
      guarded(() => observer.next(after));
    }
    if (turn === this.#written) this.#late.clear();
    this.#cursors.changed(before, after, turn);
  }

  // Within a turn, so that what the newcomer writes on its first value is heard after that value.
  #greet<V>(subscriber: Subscriber<V>, value: V): void {
    if (this.#turns.busy) subscriber.next(value);
    else this.#turns.take(() => subscriber.next(value));
  }

  #end(tell: Farewell): void {
    internalsOf<T>(this).isStopped = true;
    this.#turns.take(() => {
      for (const observer of internalsOf<T>(this).observers?.splice(0) ?? []) guarded(() => tell(observer));
      this.#cursors.ended(tell);
      this.#watches.clear();
    });
  }

  get #root(): CursorRoot {
    return (this.#cursorRoot ??= {
      atom: this as BehaviorSubject<unknown>,
      write: (write) => this.#write(write),
      add: (path, sink) => this.#cursors.add(path, sink, this.#written),
      greet: (subscriber, value) => this.#greet(subscriber, value),
      watches: new PlaceWatches(),
    });
  }
}

/** An atom with `initial` as its value. See {@link Atom}. */
export const atom = <T>(initial: T, options?: AtomOptions<T>): Atom<T> => new Atom(initial, options);
