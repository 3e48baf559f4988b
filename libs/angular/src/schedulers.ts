import type { NgZone } from '@angular/core';
import { asyncScheduler, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

/** Timers that are no reason to check anything, whoever sets them. */
export function outside(zone: NgZone): SchedulerLike {
  return {
    now: () => asyncScheduler.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T) =>
      zone.runOutsideAngular(() => asyncScheduler.schedule(work, delay, state)),
  };
}

/** On a server that renders a page nothing happens later. */
export const NO_LATER: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule: () => new Subscription(),
};
