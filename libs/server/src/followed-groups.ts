import type { Resync, Subscribe, Version } from '@atomsync/protocol';
import type { Principal } from './auth/sync-auth';
import { errorMessage } from './error-message';
import { Subscription, type FeedSink } from './feeds/subscription';
import type { HubCore, Peer } from './hub-core';
import { upgradeRequired } from './schema-versions';

/** The groups one connection follows, each with one prefix. */
export class FollowedGroups {
  readonly #subscriptions = new Map<string, Subscription>();
  #open = true;

  constructor(
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

  /** Opens a group, or opens it again with another cursor. The lines it names are `by`'s from here on. */
  async subscribe(
    { group, prefix = '', cursor, lines, schemaVersion = 1 }: Subscribe,
    principal: Principal,
    by: Peer,
  ): Promise<void> {
    const { auth, maxGroups, features } = this.hub.options;
    const known = this.#subscriptions.get(group);
    if (known !== undefined && known.prefix !== prefix) {
      const message = `The group is open with the prefix ${JSON.stringify(known.prefix)}; unsubscribe first.`;
      return this.#fail('BAD_PREFIX', message, group);
    }
    if (known === undefined && this.#subscriptions.size >= maxGroups) {
      return this.#fail(
        'RATE_LIMITED',
        `A connection follows at most ${maxGroups} groups; leave some.`,
        group,
      );
    }
    const asked = {
      principal,
      action: 'read',
      group,
      key: prefix,
      before: undefined,
      after: undefined,
    } as const;
    const readable = await auth.authorize(asked);
    if (!this.#open) return;
    if (!readable) {
      this.unsubscribe(group);
      const message = `${JSON.stringify(principal.id)} may not read ${JSON.stringify(group)}.`;
      return this.#fail('FORBIDDEN', message, group);
    }
    const outdated = upgradeRequired(group, schemaVersion, features.of(group).compatibleWith);
    if (outdated !== undefined) {
      this.unsubscribe(group);
      return this.#fail(outdated.code, outdated.message, group);
    }
    for (const line of lines) this.hub.takeOver(line, principal, by);
    const subscription =
      known ?? new Subscription(group, prefix, principal.id, this.sink, this.hub.subscriptionDeps);
    this.#subscriptions.set(group, subscription);
    subscription.open(cursor, [...new Set([by.clientId, ...lines])]);
  }

  unsubscribe(group: string): void {
    this.#subscriptions.get(group)?.close();
    this.#subscriptions.delete(group);
  }

  resync(group: string, reason: Resync['reason']): void {
    this.#subscriptions.get(group)?.resync(reason);
  }

  close(): void {
    this.#open = false;
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }

  #fail(code: string, message: string, group: string): void {
    this.sink.send(errorMessage(code, message, group));
  }
}
