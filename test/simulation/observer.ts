import { decodeDown, encodeUp, type Commit } from '@atomsync/protocol';
import { MemoryCable } from '@atomsync/testing';
import type { SyncHub } from '@atomsync/server';
import { asapScheduler } from 'rxjs';

/** Writes down every commit of a group, in version order, over a cable without faults. */
export class Observer {
  readonly commits: Commit[] = [];
  readonly #group: string;
  #lives = 0;

  constructor(group: string) {
    this.#group = group;
  }

  /** Listens to a server's life; call it before anyone else connects. */
  listen(hub: SyncHub): void {
    const cable = new MemoryCable({
      scheduler: asapScheduler,
      latency: () => 0,
      accept: (link) => hub.accept(link),
    });
    cable.transport('ws://observer').subscribe(({ down$, send }) => {
      down$.subscribe((frame) => {
        const message = decodeDown(frame);
        if (message.type === 'commits') this.commits.push(...message.commits);
      });
      send(encodeUp({ type: 'hello', clientId: `observer-${++this.#lives}` }));
      send(encodeUp({ type: 'subscribe', group: this.#group, lines: [] }));
    });
  }
}
