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

/**
 * The open cursors of one atom, or of a part of it, as a tree of their paths. A change goes down only where the
 * parts differ, and in a doc map from the docs that changed to the cursors on them, never the other way round.
 */
export class CursorIndex {
  readonly #below = new Map<Segment, CursorIndex>();
  readonly #sinks = new Set<Sink>();

  /** Whether nobody listens. */
  get isEmpty(): boolean {
    return this.#below.size === 0 && this.#sinks.size === 0;
  }

  /** Adds `sink` at `path`, from its segment `depth` on; returns how to remove it. */
  add(path: Path, sink: Sink, depth = 0): () => void {
    if (depth === path.length) {
      this.#sinks.add(sink);
      return () => this.#sinks.delete(sink);
    }
    const segment = path[depth] as Segment;
    const next = this.#below.get(segment) ?? new CursorIndex();
    this.#below.set(segment, next);
    const remove = next.add(path, sink, depth + 1);
    return () => {
      remove();
      if (next.isEmpty && this.#below.get(segment) === next) this.#below.delete(segment);
    };
  }

  /** Tells the sinks whose part differs between two values of the atom. */
  changed(before: unknown, after: unknown, turn: number): void {
    if (Object.is(before, after)) return;
    for (const sink of this.#sinks) sink.changed(before, after, turn);
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

  /** Tells all sinks that the atom has ended. */
  ended(tell: Farewell): void {
    for (const sink of this.#sinks) sink.ended(tell);
    for (const next of this.#below.values()) next.ended(tell);
  }
}
