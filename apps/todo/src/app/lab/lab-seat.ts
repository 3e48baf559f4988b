import { InjectionToken } from '@angular/core';

/** A place in the lab. */
export interface LabSeat {
  readonly name: string;
  /** Each way, in milliseconds, to begin with. */
  readonly lag: number;
}

export const LAB_SEAT = new InjectionToken<LabSeat>('LabSeat');

/** Those who may take part, in order. */
export const SEATS: readonly LabSeat[] = [
  { name: 'Ann', lag: 400 },
  { name: 'Bob', lag: 700 },
  { name: 'Cleo', lag: 200 },
  { name: 'Dan', lag: 1000 },
];
