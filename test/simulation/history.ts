import { MemoryDisk, memoryLocalStore } from '@atomsync/client';
import { decodeBody, valuesEqual } from '@atomsync/protocol';
import { settle, TestProfile, VirtualClock } from '@atomsync/testing';
import { Actor, type ActorDeps, type Machine } from './actor';
import type { ServerDisk } from './faulty-store';
import { serial, type Serial } from './model';
import { Notes } from './notes';
import { type Docs, type Operation } from './operations';
import type { Action, Plan } from './plan';
import { seeded, type Random } from './random';
import { MAX_UNREAD, SimulatedServer } from './simulated-server';

const GROUP = 'simulated';
/** Virtual milliseconds after which everything must have healed. */
const HEALING = 600_000;
const YEAR = 365 * 24 * 3600 * 1000;
/** A frame, at most: what a socket may hold above the bound. */
const FRAME = 10_000;

/** Something that is promised did not hold. */
export class Violation extends Error {
  override name = 'Violation';
}

/** One plan, played: the real clients and the real server on virtual time, in a world that fails as planned. */
export class History {
  readonly steps: string[] = [];
  /** How many faults there were. */
  faults = 0;
  readonly #plan: Plan;
  readonly #clock = new VirtualClock();
  readonly #random: Random;
  readonly #notes = new Notes();
  readonly #server: SimulatedServer;
  readonly #machines: Machine[] = [];
  readonly #actors: Actor[] = [];
  readonly #gone: Actor[] = [];
  readonly #profile: TestProfile | undefined;
  readonly #operations = new Map<string, Operation>();
  readonly #mayBeLost = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #died = new Set<string>();
  #backup: ServerDisk | undefined;
  #wasRestored = false;
  #ids = 0;
  /** What was found within subscribers, where a throw is no answer. */
  #fault: string | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    const { world } = plan;
    this.#random = seeded(world.seed ^ 0x5eed);
    this.#server = new SimulatedServer({
      group: GROUP,
      world,
      clock: this.#clock,
      newId: (kind) => this.#newId(kind),
      died: () => {
        for (const { cable } of this.#actors) cable.cut();
      },
    });
    for (let i = 0; i < world.clients; i++)
      this.#machines.push({ user: `user-${i}`, disk: new MemoryDisk({ manual: true }), skew: 0 });
    if (world.tabs > 0) this.#profile = new TestProfile(this.#clock, this.#machines[0]!.disk);
  }

  get commits(): number {
    return this.#server.commits.length;
  }

  /** Plays all of it. Throws a `Violation` when something did not hold. */
  async play(): Promise<void> {
    await this.#begin();
    for (const action of this.#plan.actions) await this.#act(action);
    await this.#heal();
    await this.#check();
  }

  async end(): Promise<void> {
    for (const actor of this.#actors) actor.die();
    this.#server.store.die();
    await settle();
  }

  async #begin(): Promise<void> {
    await this.#server.start();
    const { tabs, clients } = this.#plan.world;
    for (let i = 0; i < clients; i++) {
      const isProfile = i === 0 && tabs > 0;
      for (let tab = 0; tab < (isProfile ? tabs : 1); tab++)
        this.#actors.push(this.#bear(isProfile ? `t${tab}` : `c${i}`, this.#machines[i]!));
    }
    await this.#pass(1000, true);
    this.#write(this.#actors[0]!, { author: this.#actors[0]!.name, mark: 'm0', swap: 'open', args: [] });
    while (this.#server.commits.length === 0) await this.#pass(100, true);
    await this.#pass(2000, true);
    this.#backup = this.#server.backup();
  }

  async #act(action: Action): Promise<void> {
    switch (action.do) {
      case 'write':
      case 'note': {
        const actor = this.#actors[action.who % this.#actors.length]!;
        if (actor.isFrozen) return;
        const { name: author, atom } = actor;
        const { mark } = action;
        if (action.do === 'write') return this.#write(actor, { author, mark, ...action.operation });
        this.#say(`${author} ${mark}: ${action.key}.${action.field}`);
        actor.unsure.add(mark);
        this.#notes.write(author, mark, action, atom);
        return;
      }
      case 'pass':
        return this.#pass(action.time);
      case 'flush':
        for (const [i, { disk }] of this.#machines.entries()) disk.flush(action.counts[i]);
        return;
      case 'backup':
        this.#say('a backup is made');
        this.#backup = this.#server.backup();
        return;
      case 'fault':
        this.faults++;
        return this.#fail(action);
    }
  }

  async #fail({ fault, who, time, way }: Extract<Action, { readonly do: 'fault' }>): Promise<void> {
    const at = who % this.#actors.length;
    const actor = this.#actors[at]!;
    const { name, cable, machine } = actor;
    const server = this.#server;
    switch (fault) {
      case 'offline':
        this.#say(`${name} is off the net for ${time} ms`);
        return this.#offline([actor], time);
      case 'partition': {
        const some = this.#actors.filter((_, i) => i % 2 === at % 2);
        this.#say(`${some.map((one) => one.name).join(', ')} are off the net for ${time} ms`);
        return this.#offline(some, time);
      }
      case 'cut':
        this.#say(`${name}: the connection ends`);
        cable.cut();
        return;
      case 'half-open':
        this.#say(`${name}: the connection hangs half open`);
        cable.cutHalf();
        return;
      case 'silent':
        this.#say(`${name}: nothing arrives on the connection any more`);
        cable.silence();
        return;
      case 'lag':
        cable.lag = Math.floor(way * 5000);
        this.#say(`${name}: frames take ${cable.lag} ms more, for ${time} ms`);
        this.#later(time, () => (cable.lag = 0));
        return;
      case 'drop':
        this.#say(`${name}: the next broadcast is lost`);
        cable.drops++;
        return;
      case 'repeat':
        this.#say(`${name}: the next push or broadcast arrives twice`);
        cable.repeats++;
        return;
      case 'slow':
        this.#say(`${name} reads nothing for ${time} ms`);
        cable.stall(true);
        this.#later(time, () => {
          cable.stall(false);
        });
        return;
      case 'crash':
        this.#say(`${name} dies and comes back`);
        return this.#crash(at);
      case 'disk':
        if (actor.tab) return;
        this.#say(`${name} dies, and its disk has lost ${way < 0.5 ? 'all' : 'the docs'}`);
        return this.#loseDisk(at, way < 0.5);
      case 'server-crash':
        return this.#crashServer(time, way);
      case 'server-restart':
        if (!server.isUp) return;
        this.#say('the server ends and comes back');
        void server.end().then(() => server.start());
        return this.#pass(1);
      case 'store-slow':
        server.store.delay = Math.floor(way * 300);
        this.#say(`a transaction takes ${server.store.delay} ms from now on`);
        this.#later(time, () => (server.store.delay = 0));
        return;
      case 'store-fail':
        this.#say('the next transaction fails');
        server.store.failNext = true;
        return;
      case 'clock': {
        const skew = Math.floor((way * 2 - 1) * YEAR);
        const hours = Math.round(skew / 3_600_000);
        this.#say(`the clock of ${time % 4 === 0 ? 'the server' : name} is off by ${hours} hours`);
        if (time % 4 === 0) server.skew = skew;
        else machine.skew = skew;
        return;
      }
      case 'purge':
        this.#say('tombstones are purged');
        void server.purge();
        return this.#pass(1);
      case 'restore':
        this.#say('the backup is put back');
        this.#wasRestored = true;
        for (const each of this.#actors) each.goesBack = true;
        return server.restore(this.#backup!);
      case 'rights':
        if (server.isWithdrawn(machine.user)) return;
        this.#say(`${machine.user} loses the right to the group for ${time} ms`);
        for (const each of this.#actors) if (each.machine === machine) each.expectForget();
        server.withdraw(machine.user);
        this.#later(time, () => {
          this.#grant(machine.user);
        });
        return;
      case 'tabs':
        return this.#tabs(at, time, way);
      case 'expiry':
      case 'refuse':
        return;
    }
  }

  #offline(actors: readonly Actor[], time: number): void {
    for (const { cable } of actors) {
      cable.isDown = true;
      cable.cut();
    }
    this.#later(time, () => {
      for (const { cable, isFrozen, sync } of actors) {
        if (!this.#actors.some((actor) => actor.cable === cable)) continue;
        cable.isDown = false;
        if (!isFrozen) sync.resume();
      }
    });
  }

  async #crash(at: number): Promise<void> {
    const old = this.#actors[at]!;
    this.#bury(old);
    // A tab leaves its profile's disk to the others; a process takes its own down.
    if (!old.tab) old.machine.disk.crash();
    this.#actors[at] = this.#bear(old.name, old.machine);
    await this.#pass(this.#random.below(20));
  }

  async #loseDisk(at: number, all: boolean): Promise<void> {
    const old = this.#actors[at]!;
    const { machine } = old;
    this.#bury(old);
    machine.disk.crash();
    const disk = all ? new MemoryDisk({ manual: true }) : machine.disk;
    if (all) {
      for (const [mark, { author }] of this.#operations) if (author === old.name) this.#mayBeLost.add(mark);
    } else {
      // What adapters make of a store that is torn or evicted in part: docs and place are gone, pending is kept.
      const group = await memoryLocalStore(disk).open(GROUP);
      void group.append({ replace: true });
      disk.flush();
    }
    const heir: Machine = { ...machine, disk };
    this.#machines[this.#machines.indexOf(machine)] = heir;
    this.#actors[at] = this.#bear(old.name, heir);
  }

  async #tabs(at: number, time: number, way: number): Promise<void> {
    const actor = this.#actors[at]!;
    const { tab, name } = actor;
    if (!tab || actor.isFrozen) return;
    if (way < 0.5) {
      this.#say(`${name} freezes for ${time} ms`);
      actor.isFrozen = true;
      tab.freeze();
      this.#later(time, () => {
        if (!this.#actors.includes(actor)) return;
        actor.isFrozen = false;
        tab.wake();
      });
      return;
    }
    this.#say(`${name} crashes, and is opened again`);
    return this.#crash(at);
  }

  #crashServer(time: number, way: number): Promise<void> {
    const server = this.#server;
    const point = (['before', 'within', 'after', undefined] as const)[Math.floor(way * 4)];
    this.#say(
      point === undefined
        ? `the server dies for ${time} ms`
        : `the server dies ${point} its next commit, and comes back within ${time} ms`,
    );
    server.crash(point);
    this.#later(time, () => {
      this.#startServer();
    });
    return this.#pass(1);
  }

  #startServer(): void {
    if (!this.#server.isUp) void this.#server.start();
  }

  #grant(user: string): void {
    if (!this.#server.isWithdrawn(user)) return;
    this.#say(`${user} has the right again`);
    this.#server.grant(user);
  }

  async #heal(): Promise<void> {
    this.#say('faults stop');
    const server = this.#server;
    server.store.delay = 0;
    server.store.failNext = false;
    server.store.crashAt = undefined;
    this.#startServer();
    for (const { user } of this.#machines) this.#grant(user);
    for (const actor of this.#actors) {
      const { cable, sync, tab } = actor;
      cable.isDown = false;
      cable.lag = 0;
      cable.drops = 0;
      cable.repeats = 0;
      cable.stall(false);
      if (actor.isFrozen) {
        actor.isFrozen = false;
        tab?.wake();
      }
      sync.resume();
    }
    const isDone = (): boolean =>
      this.#actors.every(
        ({ atom, machine }) => atom.group.replica.pending.size === 0 && machine.disk.waiting === 0,
      );
    for (let waited = 0; waited < HEALING; waited += 1000) {
      await this.#pass(1000, true);
      if (isDone()) break;
    }
    await this.#pass(35_000, true);
  }

  async #check(): Promise<void> {
    if (this.#fault !== undefined) throw new Violation(this.#fault);
    for (const { name, atom } of this.#actors) {
      const left = atom.group.replica.pending.size;
      if (left > 0) throw new Violation(`${name} still has ${left} pending mutations`);
    }
    const model = this.#serial();
    await this.#compare(model.docs);
    const committed = new Set(model.marks);
    for (const actor of [...this.#actors, ...this.#gone])
      for (const mark of actor.refused) this.#refused.add(mark);
    for (const [mark, { author, swap }] of this.#operations) {
      const isThere = committed.has(mark);
      const isTold = this.#refused.has(mark);
      if (isThere && swap === 'poison') throw new Violation(`committed though forbidden: ${author} ${mark}`);
      if (isThere && isTold) throw new Violation(`both refused and committed: ${author} ${mark}`);
      if (!isThere && !isTold && !this.#mayBeLost.has(mark)) throw new Violation(`lost: ${author} ${mark}`);
    }
    this.#checkOrder(model.marks);
    const fault = this.#notes.fault(this.#server.commits, { mayBeLost: this.#mayBeLost, died: this.#died });
    if (fault !== undefined) throw new Violation(fault);
    for (const { name, cable } of this.#actors) {
      if (cable.mostUnread > MAX_UNREAD + FRAME)
        throw new Violation(`${cable.mostUnread} bytes wait at the server for ${name}`);
    }
  }

  #serial(): Serial {
    try {
      return serial(this.#server.commits, this.#operations, this.#notes);
    } catch (error) {
      throw new Violation((error as Error).message);
    }
  }

  /** All clients are equal to the serial order of commits, and so is what the server has stored. */
  async #compare(docs: Docs): Promise<void> {
    for (const { name, atom } of this.#actors) {
      const difference = differing(docs, atom.value);
      if (difference !== undefined)
        throw new Violation(`${name} differs from the serial order of commits at ${difference}`);
    }
    for (const { key, body } of await this.#server.docs([...docs.keys()])) {
      const stored = body && decodeBody(body);
      if (!valuesEqual(stored, docs.get(key)))
        throw new Violation(`the server has ${show(stored)} at ${key}, not ${show(docs.get(key))}`);
    }
  }

  /**
   * What one client wrote is committed in its order. Not in tabs, where it may be run again later, by who has its
   * function; and not where what one life wrote is offered again by the next.
   */
  #checkOrder(marks: readonly string[]): void {
    if (this.#wasRestored) return;
    const last = new Map<string, number>();
    for (const mark of marks) {
      const { author } = this.#operations.get(mark)!;
      if (author.startsWith('t')) continue;
      const number = Number(mark.slice(1));
      if (number < (last.get(author) ?? -1)) throw new Violation(`${author} ${mark} is out of its order`);
      last.set(author, number);
    }
  }

  #bear(name: string, machine: Machine): Actor {
    const tab = machine === this.#machines[0] ? this.#profile?.tab() : undefined;
    const actor = new Actor(name, machine, tab, this.#deps());
    actor.goesBack = this.#wasRestored || this.#server.isWithdrawn(machine.user);
    return actor;
  }

  #bury(actor: Actor): void {
    this.#died.add(actor.name);
    for (const mark of actor.unsure) this.#mayBeLost.add(mark);
    this.#gone.push(actor);
    actor.die();
  }

  #deps(): ActorDeps {
    return {
      group: GROUP,
      clock: this.#clock,
      random: this.#random,
      server: this.#server,
      notes: this.#notes,
      newId: (kind) => this.#newId(kind),
      fault: (what) => (this.#fault ??= `${what}, after: ${this.steps.at(-1)}`),
    };
  }

  #write(actor: Actor, operation: Operation): void {
    this.#operations.set(operation.mark, operation);
    this.#say(actor.write(operation));
  }

  #say(step: string): void {
    this.steps.push(`${String(this.#clock.now()).padStart(7)}  ${step}`);
  }

  #later(time: number, act: () => void): void {
    this.#clock.schedule(() => {
      act();
    }, time);
  }

  async #pass(milliseconds: number, flushing = false): Promise<void> {
    if (flushing) this.#flush();
    await this.#clock.advance(milliseconds);
    if (flushing) this.#flush();
  }

  #flush(): void {
    for (const { disk } of this.#machines) disk.flush();
  }

  #newId(kind: string): string {
    return `${kind}-${String(++this.#ids).padStart(6, '0')}`;
  }
}

function differing(a: Docs, b: Docs): string | undefined {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (!valuesEqual(a.get(key), b.get(key))) return `${key}: ${show(a.get(key))} and ${show(b.get(key))}`;
  }
  return undefined;
}

function show(value: unknown): string {
  return value instanceof Set ? `{${[...(value as Set<unknown>)].join(' ')}}` : JSON.stringify(value);
}
