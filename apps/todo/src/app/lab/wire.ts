import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { webSocketTransport, type Transport } from '@atomsync/client';
import { Subscription, timer } from 'rxjs';
import { readPacket, type Packet, type ShownCommit } from './read-packet';
import { slowTransport, type Travel, type Way } from './slow-transport';

/** A packet that is being drawn. */
export interface MovingPacket extends Packet {
  readonly id: number;
  readonly way: Way;
  /** How long it is on its way, in milliseconds; at least as long as an eye needs. */
  readonly duration: number;
}

/** How long the fastest packet is seen, and how many commits are, at most. */
const BLINK = 350;
const COMMITS = 8;

/** One client's line to the server: as slow as it is set, and watched. */
@Injectable()
export class Wire {
  /** Each way, in milliseconds. */
  readonly lag = signal(0);
  /** The version of what this client has from the server. */
  readonly base = signal(0);
  readonly packets = signal<readonly MovingPacket[]>([]);
  /** The latest ones that came live, oldest first. */
  readonly commits = signal<readonly ShownCommit[]>([]);
  /** This client's lines of mutations. */
  readonly lines = signal<ReadonlySet<string>>(new Set());
  readonly isBusy = computed(() => this.packets().length > 0);

  readonly transport: Transport = slowTransport(webSocketTransport(), {
    lag: () => this.lag(),
    onDeparture: (travel) => this.#departs(travel),
    onArrival: (travel) => this.#arrives(travel),
  });

  /** Versions of own commits that came live and were not asked for yet. */
  readonly #own: number[] = [];
  readonly #timers = new Subscription();
  #count = 0;

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#timers.unsubscribe());
  }

  /** The version of the next own write that was confirmed: its own where it came live, else that of the catch-up. */
  takeOwnVersion(): number {
    return this.#own.shift() ?? this.base();
  }

  #departs(travel: Travel): void {
    const { packet, line } = readPacket(travel);
    if (line !== undefined) this.lines.update((lines) => new Set([...lines, line]));
    if (packet === undefined) return;
    const moving = { ...packet, id: ++this.#count, way: travel.way, duration: Math.max(travel.lag, BLINK) };
    this.packets.update((all) => [...all, moving]);
    this.#timers.add(
      timer(moving.duration).subscribe(() => {
        this.packets.update((all) => all.filter((each) => each !== moving));
      }),
    );
  }

  #arrives(travel: Travel): void {
    if (travel.way === 'up') return;
    const { base, commits = [] } = readPacket(travel);
    if (base !== undefined) this.base.set(base);
    for (const { clientId, version } of commits) if (this.lines().has(clientId)) this.#own.push(version);
    if (commits.length > 0) this.commits.update((all) => [...all, ...commits].slice(-COMMITS));
  }
}
