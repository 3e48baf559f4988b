import type { Order } from './order';
import type { Feed, Row, Step } from './row';
import { RowSet } from './row-set';
import { Stage, type Dependent, type Origin } from './stage';

/** What a step of the parent changes here; without one, all that there is. @throws {ViewError} */
export type Follow<D> = (step?: Step<D>) => Feed<D>;

/** A stage that makes its rows of those of another one. */
export class RowStage<D> extends Stage<D> implements Dependent<D> {
  readonly origin: Origin;
  readonly order: Order<D>;
  rows: RowSet<D>;
  readonly #parent: Stage<D>;
  readonly #follow: Follow<D>;

  constructor(parent: Stage<D>, order: Order<D>, follow: Follow<D>) {
    super();
    this.#parent = parent;
    this.#follow = follow;
    this.origin = parent.origin;
    this.order = order;
    this.rows = new RowSet(order);
  }

  all(): Iterable<Row<D>> {
    return this.rows.all();
  }

  moved(step: Step<D>): void {
    let own: Step<D>;
    try {
      own = this.rows.apply(this.#follow(step));
    } catch (error) {
      return this.ended((observer) => observer.error(error));
    }
    this.tell(own);
  }

  protected override start(): void {
    this.#parent.attach(this);
    try {
      this.rows.apply(this.#follow());
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  protected override stop(): void {
    this.#parent.detach(this);
    this.rows = new RowSet(this.order);
  }
}
