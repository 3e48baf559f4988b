import { memoryLocalStore, openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import type { MemoryDisk } from '@atomsync/client';
import { decodeDown, decodeSwapInput } from '@atomsync/protocol';
import type { TestTab, VirtualClock } from '@atomsync/testing';
import { Subscription } from 'rxjs';
import { FaultyCable } from './faulty-link';
import type { Notes } from './notes';
import {
  ACCOUNTS,
  describeOperation,
  OPENING_BALANCE,
  swapOf,
  type Docs,
  type Operation,
  type Value,
} from './operations';
import type { Random } from './random';
import { BEGINNING, type SimulatedServer } from './simulated-server';

export interface ActorDeps {
  readonly group: string;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly server: SimulatedServer;
  readonly notes: Notes;
  readonly newId: (kind: string) => string;
  /** Something that must never be was seen. */
  readonly fault: (what: string) => void;
}

/** A machine that clients run on, one after the other: its disk and its clock outlive them. */
export interface Machine {
  readonly user: string;
  readonly disk: MemoryDisk;
  /** Milliseconds by which its clock is off. */
  skew: number;
}

/** One life of a client, or of a tab: it writes, and all that it shows is looked at. */
export class Actor {
  readonly cable: FaultyCable;
  readonly sync: AtomSync;
  readonly atom: SyncedAtom<Value>;
  /** Marks of this life that an end of it would lose. */
  readonly unsure = new Set<string>();
  /** Base may go back: the server's data did, or what it had was taken away. */
  goesBack = false;
  /** Nothing happens in it. */
  isFrozen = false;
  readonly #marks = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #deps: ActorDeps;
  readonly #watching = new Subscription();
  #version = 0;
  #mayFlicker: boolean;

  constructor(
    readonly name: string,
    readonly machine: Machine,
    readonly tab: TestTab | undefined,
    deps: ActorDeps,
  ) {
    this.#deps = deps;
    // While another tab takes over, what the last one had not stored is out of view until it is offered again.
    this.#mayFlicker = tab !== undefined || deps.server.isWithdrawn(machine.user);
    const { clock, random, server, newId, group, notes } = deps;
    this.cable = new FaultyCable({
      scheduler: clock,
      latency: () => random.below(random.chance(0.1) ? 400 : 20),
      accept: (link) => {
        server.accept(link);
      },
      sent: (frame) => {
        if (server.isWithdrawn(machine.user)) this.#checkSecret(frame);
      },
    });
    this.sync = openAtomSync(tab ? 'app' : name, {
      server: 'ws://simulated/sync',
      user: machine.user,
      token: () => newId('token'),
      transport: tab ? tab.transport(this.cable) : this.cable.transport,
      scheduler: tab?.scheduler ?? clock,
      random: () => random.next(),
      now: () => BEGINNING + Math.floor(clock.now()) + machine.skew,
      newClientId: () => newId('line'),
      newKey: () => newId('key'),
      store: tab ? () => memoryLocalStore(machine.disk) : memoryLocalStore(machine.disk),
      ...(tab && { tabs: tab }),
    });
    this.atom = syncedAtom<Value>(this.sync, group);
    this.#watching.add(
      this.atom.subscribe((docs) => {
        this.#watch(docs);
      }),
    );
    this.#watching.add(
      this.atom.conflicts$.subscribe((conflict) => {
        notes.hear(name, conflict);
      }),
    );
    this.#watching.add(
      this.sync.rejected$.subscribe((list) => {
        for (const { call } of list) {
          const mark = call && decodeSwapInput(call.input, () => undefined).args[1];
          if (typeof mark === 'string') this.#refused.add(mark);
        }
      }),
    );
  }

  /** Marks that it was told to be refused for good. */
  get refused(): ReadonlySet<string> {
    return this.#refused;
  }

  write(operation: Operation): string {
    const { mark, author, args } = operation;
    const transact = this.atom.transact.bind(this.atom) as unknown as (...all: readonly unknown[]) => {
      readonly durable: Promise<void>;
    };
    this.unsure.add(mark);
    const receipt = transact(swapOf(operation), author, mark, ...args);
    receipt.durable.then(
      () => this.unsure.delete(mark),
      () => undefined,
    );
    if (operation.swap !== 'poison' && !this.#mayFlicker) this.#marks.add(mark);
    return describeOperation(operation);
  }

  /** Its marks may go, now and when it hears of it: the server takes the right away. */
  expectForget(): void {
    this.goesBack = true;
    this.#mayFlicker = true;
    this.#marks.clear();
  }

  /** The process is gone, without a word. */
  die(): void {
    this.#watching.unsubscribe();
    this.cable.isDown = true;
    this.cable.cut();
    if (this.tab) this.tab.crash();
    else this.sync.pause();
  }

  /** What every value that it shows must hold to. */
  #watch(docs: Docs): void {
    const { fault } = this.#deps;
    if (this.#marks.size > 0) {
      const shown = docs.get(`marks:${this.name}`) as ReadonlySet<string> | undefined;
      for (const mark of this.#marks) {
        if (!shown?.has(mark)) fault(`${this.name} flickers: its own ${mark} is gone`);
      }
    }
    const { version } = this.atom.group.replica;
    // The version of a tab that follows is its leader's word, and begins anew with another leader.
    if (version < this.#version && !this.goesBack && !this.tab)
      fault(`${this.name} goes back from version ${this.#version} to ${version}`);
    this.#version = version;
    // Without a place in the feed there is nothing but what was written here: the docs below it were lost.
    if (!docs.has(ACCOUNTS[0]!) || this.atom.group.replica.cursor === undefined) return;
    const total = ACCOUNTS.reduce((sum, key) => sum + ((docs.get(key) as number | undefined) ?? 0), 0);
    if (total !== ACCOUNTS.length * OPENING_BALANCE) fault(`${this.name} sees a total of ${total}`);
  }

  #checkSecret(frame: Uint8Array): void {
    const message = decodeDown(frame);
    const isShown = message.type === 'commits' || (message.type === 'changes' && message.docs.length > 0);
    if (isShown) this.#deps.fault(`${this.name} is sent ${message.type} without a right to the group`);
  }
}
