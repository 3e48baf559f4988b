import {
  EMPTY,
  expand,
  filter,
  map,
  of,
  switchMap,
  take,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { Principal } from './sync-auth';

/** Timers of JavaScript reach no further. */
const LONGEST = 2 ** 31 - 1;

/** Emits when the principal counts no more; never where it has no end. */
export function expiry(
  { expiresAt }: Principal,
  clock: () => number,
  scheduler: SchedulerLike,
): Observable<unknown> {
  if (expiresAt === undefined) return EMPTY;
  const left = (): number => Math.max(0, expiresAt - clock());
  const look = (): Observable<number> => timer(Math.min(left(), LONGEST), scheduler).pipe(map(left));
  return of(left()).pipe(
    switchMap(look),
    expand((more) => (more > 0 ? look() : EMPTY)),
    filter((more) => more === 0),
    take(1),
  );
}
