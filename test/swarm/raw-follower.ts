import { webSocketTransport, type Link } from '@atomsync/client';
import { nodeWebSocket } from '@atomsync/client/node';
import { encodeUp } from '@atomsync/protocol';
import { BehaviorSubject, filter, firstValueFrom, type Subscription } from 'rxjs';
import { Ledger, type Audit } from './ledger';

/** Follows a group over a socket of its own, with nothing of the client in between. */
export class RawFollower {
  readonly ledger: Ledger;
  readonly #version$ = new BehaviorSubject(0);
  readonly #socket: Subscription;

  constructor(url: string, group: string, audit: Audit) {
    this.ledger = new Ledger((accounts, version, commit) => {
      audit(accounts, version, commit);
      this.#version$.next(version);
    });
    const transport = this.ledger.over(webSocketTransport({ webSocket: nodeWebSocket() }));
    this.#socket = transport(url).subscribe(({ down$, send }: Link) => {
      this.#socket.add(down$.subscribe());
      send(encodeUp({ type: 'hello', clientId: 'follower' }));
      send(encodeUp({ type: 'subscribe', group, lines: [] }));
    });
  }

  /** Resolves when it has seen this version. */
  async reached(version: number): Promise<void> {
    await firstValueFrom(this.#version$.pipe(filter((reached) => reached >= version)));
  }

  close(): void {
    this.#socket.unsubscribe();
  }
}
