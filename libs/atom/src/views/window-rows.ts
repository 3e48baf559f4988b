import { nextWindow, type Frame } from './next-window';
import type { Row } from './row';
import { RowStage } from './row-stage';
import type { ViewEntry } from './view-entry';

/** What is seen of another stage's rows, for views that go on from there. */
export const windowRows = <D>(parent: RowStage<D>, frame: Frame): RowStage<D> => {
  let seen: readonly ViewEntry<D>[] = [];
  return new RowStage(parent, parent.order, (step) => {
    const before = step ? seen : [];
    const after = (seen = nextWindow(parent.rows, frame, before, step));
    if (after === before) return { gone: [], come: [] };
    const [old, now] = [new Set(before), new Set(after)];
    return {
      gone: before.filter((entry) => !now.has(entry)),
      come: after.filter((entry) => !old.has(entry)).map(({ key }): Row<D> => parent.rows.get(key)!),
    };
  });
};
