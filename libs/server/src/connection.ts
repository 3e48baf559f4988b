import {
  decodeUp,
  encodeDown,
  errorFacts,
  ProtocolError,
  type DownMessage,
  type Hello,
  type Push,
  type Seen,
  type UpMessage,
} from '@atomsync/protocol';
import { concatMap, map, Subject, takeUntil, timer } from 'rxjs';
import type { Credentials, Principal } from './auth/sync-auth';
import { Backlog } from './backlog';
import { CLOSE } from './close-codes';
import { errorMessage } from './error-message';
import { FollowedGroups } from './followed-groups';
import type { HubCore, Peer } from './hub-core';
import type { Link } from './link';
import type { PushSource } from './queued-push';

/** A frame, decoded, or what was wrong with it. */
interface Incoming {
  readonly said: UpMessage | ProtocolError;
  readonly bytes: number;
}

/**
 * One connection from its first frame to its last: `hello` first, then the rest in any order, each message
 * dealt with before the next is looked at (pushes are dealt with once they are queued).
 */
export class Connection implements Peer {
  readonly #groups: FollowedGroups;
  readonly #closed = new Subject<void>();
  readonly #welcomed = new Subject<void>();
  #principal: Principal | undefined;
  #clientId = '';
  #source: PushSource | undefined;
  #open = true;
  #replaced = false;
  readonly #backlog: Backlog;

  constructor(
    private readonly link: Link,
    private readonly headers: Credentials['headers'],
    private readonly hub: HubCore,
  ) {
    const { maxQueued, maxQueuedBytes, limits } = hub.options;
    this.#backlog = new Backlog({ maxQueued, maxQueuedBytes, maxFrame: limits.maxFrame });
    this.#groups = new FollowedGroups(
      {
        send: (message) => this.#send(message),
        sendFrame: (frame) => this.#sendFrame(frame),
        buffered: () => link.buffered(),
        fault: (group, error) => {
          hub.onFault(error);
          this.#fail('INTERNAL', 'The catch-up failed; subscribe again.', group);
        },
      },
      hub,
    );
  }

  get clientId(): string {
    return this.#clientId;
  }

  get principal(): Principal | undefined {
    return this.#principal;
  }

  run(): void {
    const { helloTimeout, scheduler } = this.hub.options;
    timer(helloTimeout, scheduler)
      .pipe(takeUntil(this.#welcomed), takeUntil(this.#closed))
      .subscribe(() => this.#violation('HELLO_EXPECTED', `No hello came within ${helloTimeout} ms.`));
    this.link.frames$
      .pipe(
        map((frame) => this.#receive(frame)),
        concatMap((incoming) => this.#take(incoming)),
        takeUntil(this.#closed),
      )
      .subscribe({ error: () => this.end(), complete: () => this.end() });
  }

  /** Another connection has taken the line over: what waits of this one is dropped. */
  replace(): void {
    this.#replaced = true;
    this.close(CLOSE.replaced, 'REPLACED');
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.end();
    this.link.close(code, reason);
  }

  /** The socket is gone, or about to be. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#closed.next();
    this.#groups.close();
    this.hub.left(this);
  }

  #receive(frame: Uint8Array): Incoming {
    if (!this.#backlog.arrived(frame.length)) this.close(CLOSE.slowConsumer, 'RATE_LIMITED');
    return { said: this.#decode(frame), bytes: frame.length };
  }

  #decode(frame: Uint8Array): Incoming['said'] {
    const { limits } = this.hub.options;
    try {
      return decodeUp(frame, limits, { faults: 'keep' });
    } catch (error) {
      return error instanceof ProtocolError ? error : new ProtocolError('MALFORMED', String(error));
    }
  }

  async #take({ said, bytes }: Incoming): Promise<void> {
    if (!this.#open) return;
    try {
      if (said instanceof ProtocolError) this.#violation(said.code, said.message);
      else if (said.type === 'hello') await this.#hello(said);
      else if (this.#principal === undefined) {
        this.#violation('HELLO_EXPECTED', `The first message is hello, not ${said.type}.`);
      } else if (said.type === 'push') this.#push(said, bytes);
      else if (said.type === 'seen') this.#seen(said, bytes);
      else await this.#route(said, this.#principal);
      this.#backlog.looked(bytes);
    } catch (error) {
      this.hub.onFault(error);
      this.#violation('INTERNAL', 'The server failed to deal with a message; connect again.');
    }
  }

  async #hello({ clientId, user, token }: Hello): Promise<void> {
    if (this.#principal !== undefined) {
      return this.#violation('ALREADY_WELCOMED', 'A connection says hello once; open another one.');
    }
    const principal = await this.hub.options.auth.authenticate({
      headers: this.headers,
      ...(user !== undefined && { user }),
      ...(token !== undefined && { token }),
    });
    if (!this.#open) return;
    if (principal === null) {
      return this.#violation(
        'UNAUTHENTICATED',
        'The server does not know this user and token; sign in again.',
      );
    }
    if (!this.hub.takeOver(clientId, principal, this)) {
      this.#send(
        errorMessage('LINE_NOT_YOURS', `The line ${clientId} is another user's; begin one of your own.`),
      );
      return this.close(CLOSE.forbidden, 'LINE_NOT_YOURS');
    }
    this.#clientId = clientId;
    this.#principal = principal;
    this.#source = this.#pushSource(principal);
    this.hub.joined(this);
    this.#welcomed.next();
    this.#send({
      type: 'welcome',
      epoch: this.hub.epoch.id,
      time: this.hub.options.clock(),
      limits: this.hub.options.limits,
    });
  }

  #route(message: Exclude<UpMessage, Hello | Push | Seen>, principal: Principal): void | Promise<void> {
    switch (message.type) {
      case 'subscribe':
        return this.#groups.subscribe(message, principal, this);
      case 'unsubscribe':
        return this.#groups.unsubscribe(message.group);
      case 'token':
        return this.#renew(message.token, principal);
      case 'ping':
        return this.#send({ type: 'pong', heads: this.#groups.heads() });
    }
  }

  #push(push: Push, bytes: number): void {
    const { group } = push;
    if (!this.#groups.has(group)) {
      return this.#fail(
        'NOT_SUBSCRIBED',
        `Subscribe to ${JSON.stringify(group)} before pushing into it.`,
        group,
      );
    }
    if (this.#mayQueue(group, bytes)) this.hub.enqueue({ push, source: this.#source!, bytes });
  }

  #seen(seen: Seen, bytes: number): void {
    if (this.#mayQueue(seen.group, bytes)) this.hub.enqueue({ seen, source: this.#source!, bytes });
  }

  #mayQueue(group: string, bytes: number): boolean {
    if (this.#backlog.mayQueue(bytes)) return true;
    const message = `${this.#backlog.queued} messages wait to be stored; send more when they are answered.`;
    this.#fail('RATE_LIMITED', message, group);
    return false;
  }

  async #renew(token: string, principal: Principal): Promise<void> {
    const renewed = await this.hub.options.auth.authenticate({
      headers: this.headers,
      user: principal.id,
      token,
    });
    if (renewed?.id !== principal.id) {
      return this.#violation('UNAUTHENTICATED', 'The renewed token is not one of this user; sign in again.');
    }
    this.#principal = renewed;
    this.#source = this.#pushSource(renewed);
  }

  #pushSource(principal: Principal): PushSource {
    return {
      principal,
      isReplaced: () => this.#replaced,
      done: (bytes) => this.#backlog.done(bytes),
      answer: (message) => this.#send(message),
      resync: (group, reason) => this.#groups.resync(group, reason),
    };
  }

  /** Tells what was wrong, and closes the socket where the protocol says so. */
  #violation(code: string, message: string): void {
    this.#fail(code, message);
    const { close } = errorFacts(code);
    if (close !== undefined) this.close(close, code);
  }

  #fail(code: string, message: string, group?: string): void {
    this.#send(errorMessage(code, message, group));
  }

  #send(message: DownMessage): void {
    if (this.#open) this.#sendFrame(encodeDown(message));
  }

  #sendFrame(frame: Uint8Array): void {
    if (!this.#open) return;
    this.link.send(frame);
    // Live frames are dropped long before this; what is left are answers to one who sends and never reads.
    if (this.link.buffered() > this.hub.options.maxUnread) this.close(CLOSE.slowConsumer, 'SLOW_CONSUMER');
  }
}
