import type { BehaviorSubject, Subscriber } from 'rxjs';
import type { Sink } from './cursor-index';
import type { Path } from './parts';
import type { PlaceWatches } from './place-watches';
import type { Write } from './write';

/** What a cursor needs of its atom. */
export interface CursorRoot {
  readonly atom: BehaviorSubject<unknown>;
  write(write: Write): unknown;
  /** From now on `sink` hears of the part at `path`; returns how to remove it. */
  add(path: Path, sink: Sink): () => void;
  greet(subscriber: Subscriber<unknown>, value: unknown): void;
  /** Cursor watches, by place: another cursor on the same place finds them. */
  readonly watches: PlaceWatches;
}
