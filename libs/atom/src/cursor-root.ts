import type { Subscriber } from 'rxjs';
import type { Sink } from './cursor-index';
import type { Path } from './parts';
import type { PlaceWatches } from './place-watches';
import type { Write } from './write';

/** What a cursor needs of its atom. */
export interface CursorRoot {
  read(): unknown;
  write(write: Write): unknown;
  isStopped(): boolean;
  /** The number of writes so far. */
  written(): number;
  add(path: Path, sink: Sink): () => void;
  greet(subscriber: Subscriber<unknown>, value: unknown): void;
  /** Subscribes to the atom itself: after its end, it knows what to say. */
  join(subscriber: Subscriber<unknown>): void;
  /** Cursor watches, by place: another cursor on the same place finds them. */
  readonly watches: PlaceWatches;
}
