import type { Farewell } from '../cursor-index';
import type { Turns } from '../turns';
import type { Order } from './order';
import type { Row, Step } from './row';

/** Who hears what changes in the rows of a stage. */
export interface Dependent<D> {
  moved(step: Step<D>): void;
  /** There is nothing more to come, and nothing to detach from. */
  ended(tell: Farewell): void;
}

/** Where the docs come from, for all stages that work on them. */
export interface Origin {
  /** All is computed first, and told then, one after another. */
  readonly turns: Turns;
  /** Whether there have been docs yet. */
  readonly isLoaded: boolean;
  /** How the source has ended, while it was being subscribed to. */
  readonly over: Farewell | undefined;
  /** Takes up what the source holds by now, ahead of its telling. */
  refresh(): void;
}

/**
 * A set of rows that is kept up as long as somebody depends on it: the docs of a source, a selection of another stage's
 * rows, a part of them. Stages form a tree; a change runs down it, and is over before the first subscriber hears.
 */
export abstract class Stage<D> {
  readonly #dependents = new Set<Dependent<D>>();
  abstract readonly origin: Origin;
  abstract readonly order: Order<D>;
  /** The rows as they are, in no order. */
  abstract all(): Iterable<Row<D>>;
  /** @throws {ViewError} */
  protected abstract start(): void;
  protected abstract stop(): void;

  /** From now on `dependent` hears of changes to the rows, which are there. @throws {ViewError} */
  attach(dependent: Dependent<D>): void {
    if (!this.isUsed) this.start();
    this.#dependents.add(dependent);
  }

  detach(dependent: Dependent<D>): void {
    if (this.#dependents.delete(dependent) && !this.isUsed) this.stop();
  }

  ended(tell: Farewell): void {
    const dependents = [...this.#dependents];
    this.#dependents.clear();
    if (dependents.length > 0) this.stop();
    for (const dependent of dependents) dependent.ended(tell);
  }

  protected get isUsed(): boolean {
    return this.#dependents.size > 0;
  }

  protected tell(step: Step<D>): void {
    for (const dependent of [...this.#dependents]) dependent.moved(step);
  }
}
