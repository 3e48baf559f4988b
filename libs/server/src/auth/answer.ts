import { firstValueFrom, isObservable, type Observable } from 'rxjs';

/** A value now or later: itself, a promise of it, or an Observable whose first value it is. */
export type Answer<T> = T | PromiseLike<T> | Observable<T>;

/** The value where it is there at once, else a promise of it; `none` stands for an Observable that has none. */
export function answered<T>(answer: Answer<T>, none: T): T | Promise<T> {
  if (isObservable(answer)) return firstValueFrom(answer, { defaultValue: none });
  return isPromiseLike(answer) ? Promise.resolve(answer) : answer;
}

function isPromiseLike<T>(answer: T | PromiseLike<T>): answer is PromiseLike<T> {
  return (
    typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
  );
}
