import { nextWindow, type Frame } from './next-window';
import type { Feed, Row, Step } from './row';
import { RowStage } from './row-stage';
import type { ViewEntry } from './view-entry';

/** What is seen of another stage's rows, for views that go on from there. */
export class WindowRows<D> extends RowStage<D, RowStage<D>> {
  readonly #frame: Frame;
  #seen: readonly ViewEntry<D>[] | undefined;

  constructor(parent: RowStage<D>, frame: Frame) {
    super(parent, parent.order);
    this.#frame = frame;
  }

  protected override follow(step?: Step<D>): Feed<D> {
    const before = (step && this.#seen) ?? [];
    const after = nextWindow(this.parent.rows, this.#frame, before, step);
    this.#seen = after;
    if (after === before) return { gone: [], come: [] };
    const [old, now] = [new Set(before), new Set(after)];
    return {
      gone: before.filter((entry) => !now.has(entry)),
      come: after.flatMap((entry): Row<D>[] => (old.has(entry) ? [] : [this.parent.rows.get(entry.key)!])),
    };
  }
}
