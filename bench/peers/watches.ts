import { distinctUntilChanged, map, skip, type Observable } from 'rxjs';
import type { BenchDoc } from '../contender';
import type { LocalDocs } from '../faces/local';

/** Watches of a stream of states; a state that is there already is not counted. */
export const watchesOf = <S>(
  states$: Observable<S>,
  docIn: (state: S, key: string) => BenchDoc | undefined,
): Pick<LocalDocs, 'watchAll' | 'watchDoc'> => ({
  watchAll: (hear) => {
    states$.pipe(skip(1)).subscribe(hear);
  },
  watchDoc: (key, hear) => {
    states$
      .pipe(
        map((state) => docIn(state, key)),
        distinctUntilChanged(),
        skip(1),
      )
      .subscribe(hear);
  },
});
