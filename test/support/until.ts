import { filter, firstValueFrom, map, type Observable } from 'rxjs';

/** Resolves with the first value that passes. The test's own time limit is the only clock. */
export function until<T>(values$: Observable<T>, passes: (value: T) => boolean): Promise<T> {
  return firstValueFrom(values$.pipe(filter(passes)));
}

/** Resolves when `values$` has had `count` values, with these. */
export function taken<T>(values$: Observable<T>, count: number): Promise<T[]> {
  const all: T[] = [];
  return firstValueFrom(
    values$.pipe(
      map((value) => (all.push(value), all)),
      filter((list) => list.length >= count),
    ),
  );
}
