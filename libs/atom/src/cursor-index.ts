import type { Observer } from 'rxjs';
import { isDocMap } from './is-doc-map';
import { readPart, type Path, type Segment } from './parts';
import { guarded } from './turns';

/** How an observer is told that there is nothing more to come. */
export type Farewell = (observer: Observer<never>) => void;

/** Hears of the part at one place. */
export interface Sink {
  changed(before: unknown, after: unknown): void;
  /** Who is told of the atom's end. */
  readonly subscriber: Observer<never> | undefined;
}

/**
 * The open cursors of one atom, or of a part of it, as a tree of their paths. A change goes down only where the
 * parts differ, and in a doc map from the docs that changed to the cursors on them, never the other way round.
 */
export class CursorIndex {
  readonly #below = new Map<Segment, CursorIndex>();
  /** With the number of writes that each has seen already. */
  readonly #sinks = new Map<Sink, number>();

  /** Whether nobody listens. */
  get isEmpty(): boolean {
    return this.#below.size === 0 && this.#sinks.size === 0;
  }

  /** Adds `sink` at `path`, from its segment `depth` on, for what is written after turn `since`; returns how to remove it. */
  add(path: Path, sink: Sink, since: number, depth = 0): () => void {
    if (depth === path.length) {
      this.#sinks.set(sink, since);
      return () => this.#sinks.delete(sink);
    }
    const segment = path[depth] as Segment;
    const next = this.#below.get(segment) ?? new CursorIndex();
    this.#below.set(segment, next);
    const remove = next.add(path, sink, since, depth + 1);
    return () => {
      remove();
      if (next.isEmpty && this.#below.get(segment) === next) this.#below.delete(segment);
    };
  }

  /** Tells the sinks whose part differs between two values of the atom. */
  changed(before: unknown, after: unknown, turn: number): void {
    if (Object.is(before, after)) return;
    for (const [sink, since] of this.#sinks) if (since < turn) guarded(() => sink.changed(before, after));
    const places = this.#below.size;
    if (places === 0) return;
    const changes = isDocMap(before) && isDocMap(after) && after.changesAmong(before, places);
    if (changes) {
      for (const { key, before: from, after: to } of changes) this.#below.get(key)?.changed(from, to, turn);
    } else {
      for (const [segment, next] of this.#below)
        next.changed(readPart(before, segment), readPart(after, segment), turn);
    }
  }

  /** Tells all subscribers that the atom has ended. */
  ended(tell: Farewell): void {
    for (const { subscriber } of this.#sinks.keys()) if (subscriber) guarded(() => tell(subscriber));
    for (const next of this.#below.values()) next.ended(tell);
  }
}
