import type { Version } from '@atomsync/protocol';
import { timer, type Subscription } from 'rxjs';
import type { PlaceRow } from '../store/commit-store';
import type { AtomHost } from './atom-host';

/** Milliseconds for which places are gathered: this much is told again after a crash, and so seldom is it stored. */
const GATHER = 100;

/** The places of all handlers: moved in memory at once, and stored together a little later. */
export class Places {
  readonly #moved = new Map<string, PlaceRow>();
  #due: Subscription | undefined;

  constructor(private readonly host: AtomHost) {}

  /** Through which version a handler has dealt with a group. */
  async of(handler: string, group: string): Promise<Version> {
    const { store } = this.host.options;
    const moved = this.#moved.get(keyOf(handler, group))?.version;
    return moved ?? this.host.turns.take(() => store.read((reader) => reader.placeOf(handler, group)));
  }

  move(place: PlaceRow): void {
    this.#moved.set(keyOf(place.handler, place.group), place);
    this.#flushSoon();
  }

  /** What has moved is not this process's to say any more: another one is told. */
  forget(handler: string): void {
    for (const [key, place] of this.#moved) if (place.handler === handler) this.#moved.delete(key);
  }

  /** Stores what has moved. */
  async flush(): Promise<void> {
    this.#due?.unsubscribe();
    this.#due = undefined;
    const { turns, options } = this.host;
    const rows = [...this.#moved];
    if (rows.length === 0) return;
    const places = rows.map(([, row]) => row);
    await turns.take(() => options.store.write((writer) => writer.savePlaces(places)));
    for (const [key, row] of rows) if (this.#moved.get(key) === row) this.#moved.delete(key);
  }

  #flushSoon(): void {
    this.#due ??= timer(GATHER, this.host.options.scheduler).subscribe(() => {
      this.flush().catch((error: unknown) => {
        this.host.options.onFault(error);
        this.#flushSoon();
      });
    });
  }
}

const keyOf = (handler: string, group: string): string => `${handler}\n${group}`;
