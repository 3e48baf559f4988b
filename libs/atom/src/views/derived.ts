import { Observable, type Subscriber } from 'rxjs';
import type { Farewell } from '../cursor-index';
import type { Step } from './row';
import type { RowStage } from './row-stage';
import type { Dependent } from './stage';

/**
 * What follows `before` by `step`, the very same where nothing does; without `before`, what the rows make as they are.
 *
 * @throws {ViewError}
 */
export type Derive<D, V> = (before?: V, step?: Step<D>) => V;

/**
 * A value made of the rows of a stage: computed once for all who subscribe, while somebody does. Who subscribes gets
 * it at once; it is told again when it has changed.
 */
export class Derived<D, V> extends Observable<V> implements Dependent<D> {
  /** @internal */
  protected readonly stage: RowStage<D>;
  readonly #derive: Derive<D, V>;
  readonly #observers = new Set<Subscriber<V>>();
  #value: V | undefined;

  /** @internal */
  constructor(stage: RowStage<D>, derive: Derive<D, V>) {
    super();
    this.stage = stage;
    this.#derive = derive;
  }

  /** @internal */
  moved(step: Step<D>): void {
    let value: V;
    try {
      value = this.#derive(this.#value, step);
    } catch (error) {
      this.stage.detach(this);
      this.ended((observer) => observer.error(error));
      return;
    }
    if (value === this.#value) return;
    this.#value = value;
    this.#tell((observer) => observer.next(value));
  }

  /** @internal */
  ended(tell: Farewell): void {
    this.#value = undefined;
    this.#tell(tell);
    this.#observers.clear();
  }

  /** @internal RxJS's hook. What is thrown goes to the subscriber. */
  protected _subscribe(subscriber: Subscriber<V>): void {
    const { origin } = this.stage;
    origin.refresh();
    if (this.#observers.size === 0) this.#open();
    this.#observers.add(subscriber);
    subscriber.add(() => {
      if (this.#observers.delete(subscriber) && this.#observers.size === 0) this.#close();
    });
    const value = this.#value;
    const greet = (): void => {
      if (value !== undefined) subscriber.next(value);
      origin.over?.(subscriber);
    };
    // Within a turn, so that what the newcomer writes on its first value is heard after that value.
    if (origin.turns.busy) greet();
    else origin.turns.take(greet);
  }

  #open(): void {
    this.stage.attach(this);
    try {
      if (this.stage.origin.isLoaded) this.#value = this.#derive();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #close(): void {
    this.stage.detach(this);
    this.#value = undefined;
  }

  #tell(tell: (observer: Subscriber<V>) => void): void {
    for (const observer of this.#observers) this.stage.origin.turns.take(() => tell(observer));
  }
}
