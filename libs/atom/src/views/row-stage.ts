import type { Order } from './order';
import type { Feed, Row, Step } from './row';
import { RowSet } from './row-set';
import { Stage, type Dependent, type Origin } from './stage';

/** A stage that makes its rows of those of another one. */
export abstract class RowStage<D, P extends Stage<D> = Stage<D>> extends Stage<D> implements Dependent<D> {
  readonly origin: Origin;
  readonly order: Order<D>;
  protected readonly parent: P;
  #rows: RowSet<D>;

  constructor(parent: P, order: Order<D>) {
    super();
    this.parent = parent;
    this.origin = parent.origin;
    this.order = order;
    this.#rows = new RowSet(order);
  }

  get rows(): RowSet<D> {
    return this.#rows;
  }

  all(): Iterable<Row<D>> {
    return this.#rows.all();
  }

  moved(step: Step<D>): void {
    let own: Step<D>;
    try {
      own = this.#rows.apply(this.follow(step));
    } catch (error) {
      this.ended((observer) => observer.error(error));
      return;
    }
    this.tell(own);
  }

  /** What the parent's step changes here; without one, all that there is. @throws {ViewError} */
  protected abstract follow(step?: Step<D>): Feed<D>;

  protected override start(): void {
    this.parent.attach(this);
    try {
      this.#rows.apply(this.follow());
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  protected override stop(): void {
    this.parent.detach(this);
    this.#rows = new RowSet(this.order);
  }
}
