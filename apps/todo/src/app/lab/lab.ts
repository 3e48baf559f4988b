import {
  computed,
  createEnvironmentInjector,
  DestroyRef,
  EnvironmentInjector,
  inject,
  Injectable,
  signal,
} from '@angular/core';
import { provideAtomSync } from '@atomsync/angular';
import { memoryLocalStore } from '@atomsync/client';
import { LabClient } from './lab-client';
import { begin, startOver } from './lab-doc';
import { LAB_SEAT, SEATS, type LabSeat } from './lab-seat';
import type { ShownCommit } from './read-packet';
import { Wire } from './wire';

interface Seated {
  readonly client: LabClient;
  readonly injector: EnvironmentInjector;
}

/** A commit, and who in the lab made it. */
export interface LabCommit extends ShownCommit {
  readonly by: string;
}

/** The server as it is seen by one who is close to it and only listens. */
const OBSERVER: LabSeat = { name: 'the lab', lag: 0 };

/** Everyone in the lab. Each has a connection and a store of their own, in an injector of their own. */
@Injectable()
export class Lab {
  readonly #parent = inject(EnvironmentInjector);
  readonly #seated = signal<readonly Seated[]>([]);
  readonly #observer = this.#seat(OBSERVER);

  readonly clients = computed(() => this.#seated().map(({ client }) => client));
  readonly server = this.#observer.client;
  readonly commits = computed<readonly LabCommit[]>(() =>
    this.server.wire.commits().map((commit) => ({
      ...commit,
      by:
        [...this.clients(), this.server].find(({ wire }) => wire.lines().has(commit.clientId))?.name ??
        'someone',
    })),
  );

  constructor() {
    this.setCount(2);
    void this.server.docs.atom.ready().then(() => this.server.docs.atom.swap(begin));
    inject(DestroyRef).onDestroy(() => {
      for (const { injector } of [...this.#seated(), this.#observer]) injector.destroy();
    });
  }

  /** Seats so many, one to four; who leaves is forgotten, with what was pending. */
  setCount(count: number): void {
    const seated = this.#seated();
    for (const { injector } of seated.slice(count)) injector.destroy();
    const arriving = SEATS.slice(seated.length, count).map((seat) => this.#seat(seat));
    this.#seated.set([...seated.slice(0, count), ...arriving]);
  }

  /** Makes the counter and the list what they were in the beginning, for everyone. */
  startOver(): void {
    this.server.docs.atom.swap(startOver);
  }

  #seat(seat: LabSeat): Seated {
    const injector = createEnvironmentInjector(
      [
        { provide: LAB_SEAT, useValue: seat },
        Wire,
        LabClient,
        provideAtomSync(() => ({
          name: `lab-${seat.name}`,
          server: '/sync',
          store: memoryLocalStore(),
          transport: inject(Wire).transport,
        })),
      ],
      this.#parent,
    );
    return { client: injector.get(LabClient), injector };
  }
}
