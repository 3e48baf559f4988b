import type { Observable } from 'rxjs';
import type { BenchDoc } from '../contender';
import type { LocalDocs } from '../faces/local';

/** What there is to watch about an atom, plain or synced. */
interface Watchable {
  addWatch(key: unknown, watch: () => void): void;
  at(key: string): Observable<BenchDoc | undefined>;
}

/** The watches of an atom; a new one hears at once, which is not counted. */
export const watchesOf = (docs: Watchable): Pick<LocalDocs, 'watchAll' | 'watchDoc'> => ({
  watchAll: (hear) => docs.addWatch('all', hear),
  watchDoc: (key, hear) => {
    let first = true;
    docs.at(key).subscribe(() => {
      if (!first) hear();
      first = false;
    });
  },
});
