import type { Resync, Subscribe, Version } from '@atomsync/protocol';
import { mayRead } from './auth/may-read';
import type { Principal } from './auth/sync-auth';
import { errorMessage } from './error-message';
import { Subscription, type FeedSink } from './feeds/subscription';
import type { HubCore, Peer } from './hub-core';
import { upgradeRequired } from './schema-versions';

/**
 * The groups one connection follows, each with one prefix. Those it asked for and may not read are kept in mind:
 * once the right is there, they are sent.
 */
export class FollowedGroups {
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #withheld = new Map<string, Omit<Subscribe, 'cursor'>>();
  /** Answers about rights to questions of an earlier round count no more. */
  #round = 0;
  #open = true;

  constructor(
    private readonly by: Peer,
    private readonly sink: FeedSink,
    private readonly hub: HubCore,
  ) {}

  has(group: string): boolean {
    return this.#subscriptions.has(group);
  }

  /** The versions through which the live feeds have been sent. */
  heads(): Map<string, Version> {
    const heads = new Map<string, Version>();
    for (const [group, { head }] of this.#subscriptions) if (head !== undefined) heads.set(group, head);
    return heads;
  }

  /** Opens a group, or opens it again with another cursor. The lines it names are this connection's from here on. */
  async subscribe(message: Subscribe): Promise<void> {
    const { group, prefix = '' } = message;
    const { maxGroups } = this.hub.options;
    const known = this.#subscriptions.get(group);
    if (known !== undefined && known.prefix !== prefix) {
      const rule = `The group is open with the prefix ${JSON.stringify(known.prefix)}; unsubscribe first.`;
      return this.#fail('INVALID_PREFIX', rule, group);
    }
    const others = this.#subscriptions.size + this.#withheld.size - Number(this.#withheld.has(group));
    if (known === undefined && others >= maxGroups) {
      const rule = `A connection follows at most ${maxGroups} groups; leave some.`;
      return this.#fail('RATE_LIMITED', rule, group);
    }
    let round: number;
    let readable: boolean;
    do {
      round = this.#round;
      readable = await this.#mayRead(group, prefix);
    } while (round !== this.#round && this.#open);
    if (!this.#open) return;
    if (readable) this.#follow(message);
    else this.#withhold(message, message.cursor !== undefined);
  }

  unsubscribe(group: string): void {
    this.#subscriptions.get(group)?.close();
    this.#subscriptions.delete(group);
    this.#withheld.delete(group);
  }

  resync(group: string, reason: Resync['reason']): void {
    this.#subscriptions.get(group)?.resync(reason);
  }

  /** Nothing is sent until `recheck`. */
  suspend(): void {
    this.#round++;
    for (const subscription of this.#subscriptions.values()) subscription.suspend();
  }

  /**
   * Rights may have changed: what may not be read any more is forgotten before anything else of it is sent, and
   * what may be read now is sent.
   */
  async recheck(): Promise<void> {
    const round = ++this.#round;
    await Promise.all([
      ...Array.from(this.#subscriptions.values(), (subscription) => this.#recheckOne(subscription, round)),
      ...Array.from(this.#withheld.values(), (message) => this.#tryAgain(message, round)),
    ]);
  }

  close(): void {
    this.#open = false;
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
    this.#withheld.clear();
  }

  async #recheckOne(subscription: Subscription, round: number): Promise<void> {
    const { group, prefix, lines, schemaVersion } = subscription;
    try {
      const answer = this.#mayRead(group, prefix);
      if (typeof answer !== 'boolean') subscription.suspend();
      const readable = typeof answer === 'boolean' ? answer : await answer;
      if (round !== this.#round || this.#subscriptions.get(group) !== subscription) return;
      if (readable) subscription.permit(this.#rights(group));
      else this.#withhold({ type: 'subscribe', group, prefix, lines, schemaVersion }, true);
    } catch (error) {
      this.#unknown(group, error);
    }
  }

  async #tryAgain(message: Omit<Subscribe, 'cursor'>, round: number): Promise<void> {
    const { group, prefix = '' } = message;
    try {
      const readable = await this.#mayRead(group, prefix);
      if (round === this.#round && readable && this.#withheld.get(group) === message) this.#follow(message);
    } catch (error) {
      this.#unknown(group, error);
    }
  }

  #follow(message: Subscribe): void {
    const { group, prefix = '', cursor, lines, schemaVersion = 1 } = message;
    const outdated = upgradeRequired(
      group,
      schemaVersion,
      this.hub.options.features.of(group).compatibleWith,
    );
    if (outdated !== undefined) {
      this.unsubscribe(group);
      return this.#fail(outdated.code, outdated.message, group);
    }
    const { by } = this;
    const { subscriptionDeps } = this.hub;
    for (const line of lines) this.hub.takeOver(line, this.#principal, by);
    const rights = this.#rights(group);
    const feed = { group, prefix, owner: this.#principal.id, schemaVersion };
    const subscription =
      this.#subscriptions.get(group) ?? new Subscription(feed, this.sink, subscriptionDeps);
    this.#withheld.delete(group);
    this.#subscriptions.set(group, subscription);
    subscription.open(cursor, [...new Set([by.clientId, ...lines])], rights);
  }

  #withhold({ type, group, prefix = '', lines, schemaVersion = 1 }: Subscribe, hasDocs: boolean): void {
    this.unsubscribe(group);
    this.#withheld.set(group, { type, group, prefix, lines, schemaVersion });
    if (hasDocs) this.sink.send({ type: 'forget', group });
    const message = `${JSON.stringify(this.#principal.id)} may not read ${JSON.stringify(group)}.`;
    this.#fail('FORBIDDEN', message, group);
  }

  /** Rights could not be looked up: the client asks again. */
  #unknown(group: string, error: unknown): void {
    this.hub.onFault(error, this.by.id);
    if (!this.#open) return;
    this.unsubscribe(group);
    this.#fail('RETRY_LATER', 'Rights could not be looked up. Subscribe again.', group);
  }

  get #principal(): Principal {
    return this.by.principal!;
  }

  #mayRead(group: string, prefix: string): boolean | Promise<boolean> {
    return mayRead(this.hub.options.auth, this.#principal, group, prefix);
  }

  #rights(group: string): string {
    return this.hub.options.auth.readRights?.(this.#principal, group) ?? '';
  }

  #fail(code: string, message: string, group: string): void {
    this.sink.send(errorMessage(code, message, { group }));
  }
}
