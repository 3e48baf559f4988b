import { decodeDown, type DownMessage, type Mutation } from '@atomsync/protocol';
import type { SyncHub } from '../../src/hub';
import { MemoryLink } from '../support/memory-link';
import { pushOf } from '../support/world';

/** A client in memory of a hub that needs time: it waits for what it is told. */
export class HearingLink extends MemoryLink {
  readonly #told: DownMessage[] = [];
  #wake: () => void = () => undefined;

  /** Has said hello, and follows `group`. */
  static async following(hub: SyncHub, clientId: string, group = 'g', prefix?: string): Promise<HearingLink> {
    const link = new HearingLink();
    hub.accept(link);
    link.say({ type: 'hello', clientId });
    link.say({ type: 'subscribe', group, lines: [], ...(prefix !== undefined && { prefix }) });
    await link.next('changes');
    return link;
  }

  override send(frame: Uint8Array): void {
    this.#told.push(decodeDown(frame));
    this.#wake();
  }

  /** The next message of this type; those in front of it are kept in `seen`. */
  async next<T extends DownMessage['type']>(type: T): Promise<Extract<DownMessage, { type: T }>> {
    for (;;) {
      const message = this.#told.shift();
      if (message === undefined) await new Promise<void>((wake) => (this.#wake = wake));
      else if (this.#takes(message).type === type) return message as Extract<DownMessage, { type: T }>;
    }
  }

  /** Everything that was taken, in order. */
  readonly seen: DownMessage[] = [];

  push(clientId: string, base: number, mutations: readonly Mutation[], group = 'g'): void {
    this.say(pushOf(clientId, base, mutations, group));
  }

  /** Takes what comes until the follower has been shown this version; the versions of commits, in the order of arrival. */
  async through(version: number): Promise<number[]> {
    while (shownBy(this.seen) < version) {
      const message = this.#told.shift();
      if (message === undefined) await new Promise<void>((wake) => (this.#wake = wake));
      else this.#takes(message);
    }
    return this.seen.flatMap((message) =>
      message.type === 'commits' ? message.commits.map((commit) => commit.version) : [],
    );
  }

  #takes(message: DownMessage): DownMessage {
    this.seen.push(message);
    return message;
  }
}

/** The version that a client has come to which applies these as the protocol says; a gap is an error. */
export function shownBy(messages: readonly DownMessage[]): number {
  let version = 0;
  for (const message of messages) {
    if (message.type === 'changes' && message.cursor !== undefined) {
      version = Math.max(version, message.cursor.version);
    }
    if (message.type !== 'commits') continue;
    if (message.from > version) throw new Error(`Shown ${message.from}…${message.to} at ${version}.`);
    version = Math.max(version, message.to);
  }
  return version;
}
