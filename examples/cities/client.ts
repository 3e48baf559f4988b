import type { DocMap } from '@atomsync/atom';
import {
  openAtomSync,
  syncedAtom,
  webSocketTransport,
  type AtomSync,
  type SyncedAtom,
} from '@atomsync/client';
import { nodeWebSocket } from '@atomsync/client/node';
import { filter, firstValueFrom, map, merge, tap, throwError, timeout, type Observable } from 'rxjs';
import type { City } from './city';
import { counted, type Wire } from './wire';

/** When nothing has moved for this long, something is stuck. Milliseconds. */
const PATIENCE = 60_000;

/** A client with the group `cities` open, and what it has sent and received. */
export class Client {
  readonly wire: Wire = { up: 0, down: 0 };
  readonly sync: AtomSync;
  readonly cities: SyncedAtom<City>;

  constructor(
    readonly name: string,
    server: string,
  ) {
    // Without the counting, `{ server }` is all it takes.
    const transport = counted(webSocketTransport({ webSocket: nodeWebSocket() }), this.wire);
    this.sync = openAtomSync(name, { server, transport });
    this.cities = syncedAtom<City>(this.sync, 'cities');
  }

  /** Resolves when it is connected and caught up. */
  live(): Promise<void> {
    return this.#reached(this.cities.status$.pipe(map(({ phase }) => phase === 'live')));
  }

  /** Resolves when the server has confirmed all that was written here. */
  settled(): Promise<void> {
    return this.#reached(this.cities.pending$.pipe(map((pending) => pending === 0)));
  }

  /** Resolves when the docs pass. */
  holds(passes: (docs: DocMap<City>) => boolean): Promise<void> {
    return this.#reached(this.cities.pipe(map(passes)));
  }

  /** The first `true`; or the error that would keep it from ever coming. */
  async #reached(reached$: Observable<boolean>): Promise<void> {
    const refused$ = this.cities.status$.pipe(
      filter(({ phase }) => phase === 'refused'),
      tap(({ error }) => {
        throw error ?? new Error(`The server refuses the group.`);
      }),
    );
    const rejected$ = this.sync.rejected$.pipe(
      tap(([first]) => {
        if (first) throw new Error(`The server refuses a write: ${first.message}`);
      }),
    );
    const stuck = (): Error => new Error(`${this.name}: nothing has moved for ${PATIENCE / 1000} s.`);
    await firstValueFrom(
      merge(reached$, merge(refused$, rejected$).pipe(map(() => false))).pipe(
        timeout({ each: PATIENCE, with: () => throwError(stuck) }),
        filter(Boolean),
      ),
    );
  }
}
