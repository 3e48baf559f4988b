import type { Signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { map, of, switchMap, timer } from 'rxjs';
import type { StatusText } from './tell-status';

/** How long what is brief may last before it is shown, in milliseconds. */
const BRIEF = 400;

/** `status` without what passes within moments: a line that flickers is read by nobody, and read out all the time. */
export function steady(status: Signal<StatusText>): Signal<StatusText> {
  const shown$ = toObservable(status).pipe(
    switchMap((now) => (now.brief ? timer(BRIEF).pipe(map(() => now)) : of(now))),
  );
  return toSignal(shown$, { initialValue: { tone: 'waiting', text: 'Connecting' } });
}
