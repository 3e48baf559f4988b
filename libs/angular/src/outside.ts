import type { NgZone } from '@angular/core';
import type { Transport } from '@atomsync/client';
import { asyncScheduler, Observable, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

/** Timers that are no reason to check anything, whoever sets them. */
export function timersOutside(zone: NgZone): SchedulerLike {
  return {
    now: () => asyncScheduler.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T) =>
      zone.runOutsideAngular(() => asyncScheduler.schedule(work, delay, state)),
  };
}

/** Sockets whose frames are no reason to check anything, whoever asks for them. */
export function framesOutside(zone: NgZone, transport: Transport): Transport {
  return (url) =>
    new Observable((subscriber) => zone.runOutsideAngular(() => transport(url).subscribe(subscriber)));
}

/** On a server that renders a page nothing happens later. */
export const NO_LATER: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule: () => new Subscription(),
};
