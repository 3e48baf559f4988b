import type { DownMessage, UpMessage, Welcome } from '@atomsync/protocol';
import { defer, startWith, type Observable } from 'rxjs';
import type { Codec } from './codec';
import { ConnectionError } from './connection-error';
import type { GroupMessage, Session } from './session';
import { Topics } from './topics';
import type { Link } from './transport';

/** The session on one link: hands what arrives to whom it concerns. */
export class LiveSession implements Session {
  readonly #link: Link;
  readonly #codec: Codec;
  readonly #messages = new Topics<GroupMessage>();
  readonly #heads = new Topics<number>();
  readonly #lastHeads = new Map<string, number>();
  #ended = false;

  constructor(
    readonly welcome: Welcome,
    link: Link,
    codec: Codec,
  ) {
    this.#link = link;
    this.#codec = codec;
  }

  group(name: string): Observable<GroupMessage> {
    return this.#messages.observe(name);
  }

  heads(name: string): Observable<number> {
    return defer(() => {
      const last = this.#lastHeads.get(name);
      const heads$ = this.#heads.observe(name);
      return last === undefined ? heads$ : heads$.pipe(startWith(last));
    });
  }

  /** A message for a link that is gone goes nowhere: the next session begins with a catch-up anyway. */
  send(message: UpMessage): void {
    if (!this.#ended) this.#link.send(this.#codec.encode(message));
  }

  buffered(): number {
    return this.#ended ? 0 : this.#link.buffered();
  }

  /** Passes one message on, synchronously. */
  dispatch(message: DownMessage): void {
    if (message.type === 'pong') this.#tellHeads(message.heads);
    else if (message.type === 'welcome') throw unexpected(message.type);
    else if (message.group !== undefined) this.#messages.next(message.group, message);
  }

  end(): void {
    this.#ended = true;
    this.#messages.end();
    this.#heads.end();
  }

  #tellHeads(heads: ReadonlyMap<string, number>): void {
    for (const [name, head] of heads) {
      this.#lastHeads.set(name, head);
      this.#heads.next(name, head);
    }
  }
}

/** The error for a message that the protocol has no place for at this point. */
export const unexpected = (type: string): ConnectionError =>
  new ConnectionError(
    'UNEXPECTED_MESSAGE',
    `The server sent '${type}' where the protocol has no place for it; the session is given up and begun again.`,
  );
