import { BehaviorSubject, Subject } from 'rxjs';
import type { CommitBus } from '../../src/bus/commit-bus';
import { groupPattern } from '../../src/group-pattern';

type Told = readonly [group: string, message: Uint8Array];

/** What becomes of a message on its way: nothing, itself, several, or others that were kept back. */
export type Fate = (told: Told) => readonly Told[];

/** A bus within this process, on which messages may be lost, doubled and reordered. */
export class TestRoad {
  readonly #gateways = new Set<TestBus>();
  fate: Fate = (told) => [told];

  bus(): CommitBus {
    const bus = new TestBus(this);
    this.#gateways.add(bus);
    return bus;
  }

  carry(told: Told): void {
    for (const one of this.fate(told)) for (const bus of this.#gateways) bus.hear(one);
  }
}

class TestBus implements CommitBus {
  readonly messages$ = new Subject<Uint8Array>();
  readonly isUp$ = new BehaviorSubject(true);
  readonly #followed = new Set<string>();

  constructor(private readonly road: TestRoad) {}

  open(): Promise<void> {
    return Promise.resolve();
  }

  publish(group: string, message: Uint8Array): void {
    this.road.carry([group, message]);
  }

  hear([group, message]: Told): void {
    if ([...this.#followed].some((name) => groupPattern(name)(group))) this.messages$.next(message);
  }

  follow(group: string): Promise<void> {
    this.#followed.add(group);
    return Promise.resolve();
  }

  unfollow(group: string): void {
    this.#followed.delete(group);
  }

  close(): Promise<void> {
    this.messages$.complete();
    return Promise.resolve();
  }
}
