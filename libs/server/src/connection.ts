import {
  encodeDown,
  errorFacts,
  type DownMessage,
  type Hello,
  type Push,
  type Seen,
  type UpMessage,
} from '@atomsync/protocol';
import { concatMap, map, Subject, takeUntil, timer } from 'rxjs';
import { known, type Authenticated } from './auth/authenticate';
import type { Credentials, Principal } from './auth/sync-auth';
import { Backlog } from './backlog';
import { CLOSE } from './close-codes';
import { ConnectionLog } from './connection-log';
import { errorMessage, type ErrorDetails } from './error-message';
import { FollowedGroups } from './followed-groups';
import type { HubCore, Peer } from './hub-core';
import { Identity } from './identity';
import type { Link } from './link';
import { MessageRate } from './message-rate';
import type { PushSource } from './queued-push';
import type { ConnectionOrigin } from './sync-event';
import { readFrame, tooMany, type Refusal } from './read-frame';

/** How long one who has too many connections is to wait; milliseconds. */
const CROWDED = 5_000;

/** The close code of a socket that nobody closed. */
const CUT = 1006;

interface Incoming {
  readonly said: UpMessage | Refusal;
  readonly bytes: number;
}

/**
 * One connection from its first frame to its last: `hello` first, then the rest in any order, each message
 * dealt with before the next is looked at (pushes are dealt with once they are queued).
 */
export class Connection implements Peer {
  readonly #identity: Identity;
  readonly #groups: FollowedGroups;
  readonly #backlog: Backlog;
  readonly #rate: MessageRate;
  readonly #source: PushSource;
  readonly #log: ConnectionLog;
  readonly #closed = new Subject<void>();
  readonly #welcomed = new Subject<void>();
  #clientId = '';
  #open = true;
  /** What waits of it is not decided any more. */
  #dropped = false;
  /** Whose rights are being looked up anew, and until when. */
  #inDoubt = false;
  #checked: Promise<void> | undefined;

  constructor(
    private readonly link: Link,
    {
      headers,
      origin,
    }: { readonly headers: Credentials['headers']; readonly origin?: ConnectionOrigin | undefined },
    private readonly hub: HubCore,
  ) {
    const { options } = hub;
    const { auth, clock, scheduler, limits } = options;
    this.#log = new ConnectionLog(options.randomId(), origin, options);
    this.#identity = new Identity(headers, {
      ...{ auth, clock, scheduler },
      changed$: hub.changed$,
      expired: () => this.#expired(),
    });
    this.#backlog = new Backlog({ ...options, maxFrame: limits.maxFrame });
    this.#rate = new MessageRate(options, scheduler.now());
    this.#source = this.#pushSource();
    const sink = {
      send: (message: DownMessage) => this.#send(message),
      sendFrame: (frame: Uint8Array) => this.#sendFrame(frame),
      buffered: () => link.buffered(),
      stalled: () => this.close(CLOSE.slowConsumer, 'SLOW_CONSUMER'),
      fault: (group: string, error: unknown) => {
        hub.onFault(error, this.id);
        this.#fail('RETRY_LATER', 'The catch-up failed; subscribe again.', { group });
      },
    };
    this.#groups = new FollowedGroups(this, sink, hub);
  }

  get id(): string {
    return this.#log.id;
  }

  get clientId(): string {
    return this.#clientId;
  }

  get principal(): Principal | undefined {
    return this.#identity.principal;
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
    this.#dropped = true;
    this.close(CLOSE.replaced, 'REPLACED');
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#end({ code, reason, by: 'server' });
    this.link.close(code, reason);
  }

  /** The socket is gone, or about to be. */
  end(): void {
    if (this.#open) this.#end({ code: this.link.closedWith?.() ?? CUT, by: 'client' });
  }

  #end(how: Parameters<ConnectionLog['closed']>[1]): void {
    this.#open = false;
    this.#log.closed(this.principal?.id, how);
    this.#closed.next();
    this.#identity.end();
    this.#groups.close();
    this.hub.left(this);
  }

  /** What its principal may do has changed, or who it is. Nothing is sent of any feed until that is known. */
  refresh(principal?: Principal): void {
    if (!this.#open || this.principal === undefined) return;
    this.#checked = this.#recheck(principal).catch((error: unknown) => this.#failed(error));
  }

  #receive(frame: Uint8Array): Incoming {
    this.#log.framesIn++;
    const wait = this.#rate.arrived(this.hub.options.scheduler.now());
    if (!this.#backlog.arrived(frame.length) || this.#rate.isFlood)
      this.close(CLOSE.slowConsumer, 'RATE_LIMITED');
    const said = readFrame(frame, this.hub.options.limits);
    return { said: wait === 0 ? said : tooMany(said, wait), bytes: frame.length };
  }

  async #take({ said, bytes }: Incoming): Promise<void> {
    try {
      while (this.#open && this.#inDoubt) await this.#checked;
      if (!this.#open) return;
      if (said.type === 'refused') this.#refused(said);
      else if (said.type === 'hello') await this.#hello(said);
      else if (this.principal === undefined) {
        this.#violation('HELLO_EXPECTED', `The first message is hello, not ${said.type}.`);
      } else if (said.type === 'push') this.#push(said, bytes);
      else if (said.type === 'seen') this.#seen(said, bytes);
      else await this.#route(said, this.principal);
      this.#backlog.looked(bytes);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #hello({ clientId, user, token }: Hello): Promise<void> {
    if (this.principal !== undefined) {
      return this.#violation('ALREADY_WELCOMED', 'A connection says hello once; open another one.');
    }
    const shown = { ...(user !== undefined && { user }), ...(token !== undefined && { token }) };
    const answer = await this.#identity.ask(shown);
    if (!this.#open) return;
    if (answer.kind === 'unknown') return this.#dismiss(answer);
    const { principal } = answer;
    this.hub.takeOver(clientId, principal, this);
    const { maxConnectionsPerPrincipal: most } = this.hub.options;
    if (principal.id !== '' && this.hub.connectionsOf(principal.id) >= most) {
      this.#fail('RATE_LIMITED', `${JSON.stringify(principal.id)} has ${most} connections; close some.`, {
        retryAfter: CROWDED,
      });
      return this.close(CLOSE.slowConsumer, 'RATE_LIMITED');
    }
    this.#clientId = clientId;
    this.#identity.become(principal, shown);
    this.hub.joined(this);
    this.#log.opened(principal.id);
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
        return this.#groups.subscribe(message);
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
      return this.#fail('NOT_SUBSCRIBED', `Subscribe to ${JSON.stringify(group)} before pushing into it.`, {
        group,
      });
    }
    if (this.#mayQueue(group, bytes)) this.hub.enqueue({ push, source: this.#source, bytes });
  }

  #seen(seen: Seen, bytes: number): void {
    if (this.#mayQueue(seen.group, bytes)) this.hub.enqueue({ seen, source: this.#source, bytes });
  }

  #mayQueue(group: string, bytes: number): boolean {
    if (this.#backlog.mayQueue(bytes)) return true;
    const message = `${this.#backlog.queued} messages wait to be stored; send more when they are answered.`;
    this.#fail('RATE_LIMITED', message, { group });
    return false;
  }

  async #renew(token: string, principal: Principal): Promise<void> {
    const answer = await this.#identity.ask({ token });
    if (!this.#open) return;
    await this.#goOn(answer, principal, { token });
  }

  async #recheck(given: Principal | undefined): Promise<void> {
    const { principal } = this;
    if (principal === undefined) return;
    this.#groups.suspend();
    this.#inDoubt = true;
    const answer =
      given === undefined ? await this.#identity.again() : known(given, this.hub.options.clock());
    if (answer === undefined || !this.#open) return;
    this.#inDoubt = false;
    await this.#goOn(answer, principal);
  }

  /** Goes on as the same principal with other rights, or not at all. */
  async #goOn(
    answer: Authenticated,
    before: Principal,
    shown: { readonly token?: string } = {},
  ): Promise<void> {
    if (answer.kind === 'unknown') return this.#dismiss(answer);
    if (answer.principal.id !== before.id) {
      const message = 'The renewed token is not one of this user; sign in again.';
      return this.#dismiss({ code: 'UNAUTHENTICATED', message });
    }
    this.#identity.become(answer.principal, shown);
    await this.#groups.recheck();
  }

  /** Nothing of what waits is decided any more. */
  #dismiss({ code, message }: { readonly code: string; readonly message: string }): void {
    this.#dropped = true;
    this.#violation(code, message);
  }

  #expired(): void {
    const message = 'The token has expired; connect again with a new one.';
    // Who asks for a token with each hello has a new one at the next.
    this.#violation('TOKEN_EXPIRED', message, { retryable: true });
  }

  #pushSource(): PushSource {
    const principal = () => (this.#inDoubt ? undefined : this.principal);
    return {
      get principal() {
        return principal();
      },
      isDropped: () => this.#dropped,
      done: (bytes) => this.#backlog.done(bytes),
      answer: (message) => this.#send(message),
      resync: (group, reason) => this.#groups.resync(group, reason),
    };
  }

  #refused({ code, message, group, retryAfter }: Refusal): void {
    this.#violation(code, message, { group, retryAfter });
    // Without a group nobody would know what to send again.
    if (code === 'RATE_LIMITED' && group === undefined) this.close(CLOSE.slowConsumer, code);
  }

  #failed(error: unknown): void {
    this.hub.onFault(error, this.id);
    this.#violation('INTERNAL', 'The server failed to deal with a message; connect again.');
  }

  /** Tells what was wrong, and closes the socket where the protocol says so. */
  #violation(code: string, message: string, details?: ErrorDetails): void {
    this.#fail(code, message, details);
    const { close } = errorFacts(code);
    if (close !== undefined) this.close(close, code);
  }

  #fail(code: string, message: string, details?: ErrorDetails): void {
    this.#send(errorMessage(code, message, details));
  }

  #send(message: DownMessage): void {
    if (this.#open) this.#sendFrame(encodeDown(message));
  }

  #sendFrame(frame: Uint8Array): void {
    if (!this.#open) return;
    this.#log.framesOut++;
    this.link.send(frame);
    // Live frames are dropped long before this; what is left are answers to one who sends and never reads.
    if (this.link.buffered() > this.hub.options.maxUnread) this.close(CLOSE.slowConsumer, 'SLOW_CONSUMER');
  }
}
