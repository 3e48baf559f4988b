import { linkedSignal, type Signal } from '@angular/core';
import type { DocMap } from '@atomsync/atom';

/** The keys of a map of docs: the same array until a doc comes or goes, found at the cost of what has changed. */
export function keysSignal(docs: Signal<DocMap<unknown>>): Signal<readonly string[]> {
  return linkedSignal<DocMap<unknown>, readonly string[]>({
    source: docs,
    computation: (after, previous) => {
      if (previous && sameKeys(previous.source, after)) return previous.value;
      return Object.freeze([...after.keys()]);
    },
  }).asReadonly();
}

function sameKeys(before: DocMap<unknown>, after: DocMap<unknown>): boolean {
  if (before.size !== after.size) return false;
  for (const change of after.changesSince(before))
    if (change.before === undefined || change.after === undefined) return false;
  return true;
}
