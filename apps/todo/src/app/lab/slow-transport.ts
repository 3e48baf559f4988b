import type { Link, Transport } from '@atomsync/client';
import {
  asyncScheduler,
  concatMap,
  ignoreElements,
  map,
  merge,
  of,
  Subject,
  switchMap,
  tap,
  timer,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

export type Way = 'up' | 'down';

/** A frame on its way, and how long it takes, in milliseconds. */
export interface Travel {
  readonly way: Way;
  readonly frame: Uint8Array;
  readonly lag: number;
}

export interface SlowTransportOptions {
  /** How long a frame that leaves now takes, each way, in milliseconds. */
  readonly lag: () => number;
  readonly onDeparture?: (travel: Travel) => void;
  /** Before whoever waits for the frame gets it. */
  readonly onArrival?: (travel: Travel) => void;
  readonly scheduler?: SchedulerLike;
}

/** `transport` with a line that takes its time. No frame overtakes another, also where the lag gets shorter meanwhile. */
export function slowTransport(
  transport: Transport,
  { lag, onDeparture, onArrival, scheduler = asyncScheduler }: SlowTransportOptions,
): Transport {
  const slowly = (way: Way): OperatorFunction<Uint8Array, Uint8Array> => {
    return (frames$) =>
      frames$.pipe(
        map((frame) => {
          const travel: Travel = { way, frame, lag: lag() };
          onDeparture?.(travel);
          return { travel, due: scheduler.now() + travel.lag };
        }),
        concatMap(({ travel, due }) => {
          const left = due - scheduler.now();
          return left <= 0 ? of(travel) : timer(left, scheduler).pipe(map(() => travel));
        }),
        tap((travel) => onArrival?.(travel)),
        map(({ frame }) => frame),
      );
  };
  return (url) =>
    transport(url).pipe(
      switchMap((link) => {
        const up$ = new Subject<Uint8Array>();
        const slow: Link = {
          down$: link.down$.pipe(slowly('down')),
          send: (frame) => up$.next(frame),
          buffered: () => link.buffered(),
        };
        const sending$ = up$.pipe(
          slowly('up'),
          tap((frame) => link.send(frame)),
          ignoreElements(),
        );
        return merge(sending$, of(slow));
      }),
    );
}
