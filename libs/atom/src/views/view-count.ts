import { Derived } from './derived';
import type { Frame } from './next-window';
import type { RowStage } from './row-stage';

/** How many entries a view has. */
export class ViewCount<D> extends Derived<D, number> {
  readonly #frame: Frame;

  constructor(stage: RowStage<D>, frame: Frame) {
    super(stage);
    this.#frame = frame;
  }

  protected override derive(): number {
    const { offset, limit } = this.#frame;
    return Math.max(0, Math.min(this.stage.rows.size - offset, limit));
  }
}
