import type { DocMap } from './doc-map';
import { isDocMap } from './is-doc-map';
import { readPart, type Path, type Segment } from './parts';

/** How an observer is told that there is nothing more to come. */
export type Farewell = (observer: { error(error: unknown): void; complete(): void }) => void;

/** Hears of the part at one place. */
export interface Sink {
  changed(before: unknown, after: unknown, turn: number): void;
  /** The atom has ended: tells the subscriber, if it has one. */
  ended(tell: Farewell): void;
}

class Place {
  readonly places = new Map<Segment, Place>();
  readonly sinks = new Set<Sink>();
}

// Below this many open places, looking at each is cheaper than finding out which docs differ.
const FEW = 8;

/**
 * The open cursors of one atom as a tree of their paths. A change goes down only where the parts differ, and in
 * a doc map from the docs that changed to the cursors on them, never the other way round.
 */
export class CursorIndex {
  readonly #root = new Place();

  /** Whether nobody listens. */
  get isEmpty(): boolean {
    return this.#root.places.size === 0 && this.#root.sinks.size === 0;
  }

  /** Adds `sink` at `path`; returns how to remove it. */
  add(path: Path, sink: Sink): () => void {
    const way = [this.#root];
    let place = this.#root;
    for (const segment of path) {
      let next = place.places.get(segment);
      if (!next) place.places.set(segment, (next = new Place()));
      way.push((place = next));
    }
    place.sinks.add(sink);
    return () => {
      place.sinks.delete(sink);
      for (let depth = path.length; depth > 0; depth--) {
        const { places, sinks } = way[depth] as Place;
        const above = (way[depth - 1] as Place).places;
        if (places.size > 0 || sinks.size > 0 || above.get(path[depth - 1] as Segment) !== way[depth]) return;
        above.delete(path[depth - 1] as Segment);
      }
    };
  }

  /** Tells the sinks whose part differs between two values of the atom. */
  changed(before: unknown, after: unknown, turn: number): void {
    visit(this.#root, before, after, turn);
  }

  /** Tells all sinks that the atom has ended. */
  ended(tell: Farewell): void {
    endAll(this.#root, tell);
  }
}

const visit = (place: Place, before: unknown, after: unknown, turn: number): void => {
  if (Object.is(before, after)) return;
  for (const sink of place.sinks) sink.changed(before, after, turn);
  if (place.places.size === 0) return;
  if (isDocMap(before) && isDocMap(after)) {
    const changes = docChanges(before, after, place.places.size);
    if (changes) {
      for (const { key, before: from, after: to } of changes) {
        const next = place.places.get(key);
        if (next) visit(next, from, to, turn);
      }
      return;
    }
  }
  for (const [segment, next] of place.places)
    visit(next, readPart(before, segment), readPart(after, segment), turn);
};

// With more changes than open places, the places are the shorter way.
const docChanges = (before: DocMap<unknown>, after: DocMap<unknown>, places: number) => {
  if (places > FEW) return after.changesWithin(before, places);
  const known = after.knownChangesSince(before);
  return known && known.length <= places ? known : undefined;
};

const endAll = (place: Place, tell: Farewell): void => {
  for (const sink of place.sinks) sink.ended(tell);
  for (const next of place.places.values()) endAll(next, tell);
};
