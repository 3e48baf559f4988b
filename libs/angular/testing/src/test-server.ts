import type { HandedOver, Link, Transport } from '@atomsync/client';
import {
  decodeUp,
  DEFAULT_LIMITS,
  encodeDown,
  type Change,
  type Commit,
  type DownMessage,
  type Push,
  type Subscribe,
  type UpMessage,
} from '@atomsync/protocol';
import { Observable, Subject, type Subscriber } from 'rxjs';
import { ServerGroup, type Refusal } from './server-group';

const TOKEN = 'test';

/** A client's end of the wire. */
interface Peer {
  readonly down$: Subject<Uint8Array>;
  /** Prefixes by the groups it has open. */
  readonly open: Map<string, string>;
  clientId: string;
}

/** A server in memory: it takes what clients push, tells them what others wrote, and can be out of reach. */
export class TestServer {
  readonly #groups = new Map<string, ServerGroup>();
  readonly #peers = new Map<Peer, Subscriber<Link>>();
  readonly #now: () => number;
  #reachable = true;
  #written = 0;
  refusal: Refusal | undefined;

  constructor(groups: ReadonlyMap<string, ServerGroup>, now: () => number = Date.now) {
    this.#groups = new Map(groups);
    this.#now = now;
  }

  group(name: string): ServerGroup {
    const known = this.#groups.get(name);
    if (known) return known;
    const made = new ServerGroup();
    this.#groups.set(name, made);
    return made;
  }

  /** What a client is to begin with, so that a test need not wait for it. */
  handOver(name: string, prefix: string): HandedOver {
    const group = this.group(name);
    return { docs: group.stored(prefix), cursor: { token: TOKEN, version: group.head } };
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    if (reachable) return;
    for (const connection of [...this.#peers.values()]) connection.error(new Error('The test is offline.'));
  }

  /** A write of somebody who is not a peer. */
  write(name: string, changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#tell(name, [this.group(name).commit('others', ++this.#written, changes, this.#now())]);
  }

  /** Tells whoever has the group open of commits. */
  #tell(name: string, commits: readonly Commit[]): void {
    if (commits.length === 0) return;
    const to = commits.at(-1)!.version;
    for (const peer of this.#peers.keys()) {
      const prefix = peer.open.get(name);
      if (prefix === undefined) continue;
      const shown = commits
        .map((commit) => ({ ...commit, changes: commit.changes.filter(({ key }) => key.startsWith(prefix)) }))
        .filter(({ changes }) => changes.length > 0);
      this.#say(peer, { type: 'commits', group: name, from: to - commits.length, to, commits: shown });
    }
  }

  readonly transport: Transport = () =>
    new Observable<Link>((subscriber) => {
      if (!this.#reachable) {
        subscriber.error(new Error('The test is offline.'));
        return;
      }
      const peer: Peer = { down$: new Subject(), open: new Map(), clientId: '' };
      this.#peers.set(peer, subscriber);
      subscriber.add(() => {
        this.#peers.delete(peer);
        peer.down$.complete();
      });
      subscriber.next({
        down$: peer.down$,
        // A wire, if a short one: nothing arrives while the sender still speaks.
        send: (frame) => void Promise.resolve().then(() => this.#hear(peer, decodeUp(frame.slice()))),
        buffered: () => 0,
      });
    });

  #hear(peer: Peer, message: UpMessage): void {
    if (!this.#peers.has(peer)) return;
    switch (message.type) {
      case 'hello':
        peer.clientId = message.clientId;
        return this.#say(peer, { type: 'welcome', epoch: TOKEN, time: this.#now(), limits: DEFAULT_LIMITS });
      case 'subscribe':
        return this.#subscribe(peer, message);
      case 'unsubscribe':
        return void peer.open.delete(message.group);
      case 'push':
        return this.#push(peer, message);
      case 'ping': {
        const heads = new Map(Array.from(peer.open.keys(), (name) => [name, this.group(name).head]));
        return this.#say(peer, { type: 'pong', heads });
      }
      case 'seen':
      case 'token':
        return;
    }
  }

  #subscribe(peer: Peer, { group: name, prefix = '', cursor, lines }: Subscribe): void {
    const group = this.group(name);
    peer.open.set(name, prefix);
    const from = cursor?.token === TOKEN ? cursor.version : 0;
    this.#say(peer, {
      type: 'changes',
      group: name,
      from,
      docs: group.since(from, prefix),
      cursor: { token: TOKEN, version: group.head },
      lines: [...new Set([peer.clientId, ...lines])].map((line) => group.line(line)),
    });
  }

  #push(peer: Peer, push: Push): void {
    const { group: name, clientId } = push;
    const { commits, results } = this.group(name).push(push, this.#now(), this.refusal);
    this.#tell(name, commits);
    this.#say(peer, { type: 'pushed', group: name, clientId, results });
  }

  #say(peer: Peer, message: DownMessage): void {
    peer.down$.next(encodeDown(message).slice());
  }
}
