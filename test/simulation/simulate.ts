import { DocMap } from '@atomsync/atom';
import { MemoryDisk, type SyncedAtom } from '@atomsync/client';
import { valuesEqual } from '@atomsync/protocol';
import { Features } from '@atomsync/server';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';
import { Notes } from './notes';
import { Observer } from './observer';
import {
  ACCOUNTS,
  describeOperation,
  open,
  OPENING_BALANCE,
  randomOperation,
  run,
  SWAPS,
  type Docs,
  type Operation,
  type Value,
} from './operations';
import { seeded, type Random } from './random';

/** What one simulated history came to. */
export interface Outcome {
  readonly seed: number;
  readonly steps: readonly string[];
  readonly commits: number;
}

/** A history after which something did not hold, with the steps that led there. */
export class SimulationError extends Error {
  override name = 'SimulationError';

  constructor(
    readonly seed: number,
    readonly steps: readonly string[],
    what: string,
  ) {
    super(`Seed ${seed}: ${what}\n  ${steps.join('\n  ')}`);
  }
}

const GROUP = 'simulated';
/** Virtual milliseconds after which everything must have healed. */
const HEALING = 300_000;

/**
 * One history: two to five clients write at random while links are cut, hang half open and lag, clients die
 * and come back with what was durable, and the server restarts. Then the faults stop, and everything that is
 * promised must hold. The same seed gives the same history.
 *
 * @throws SimulationError
 */
export async function simulate(seed: number, length = 40): Promise<Outcome> {
  const history = new History(seed);
  try {
    await history.begin();
    for (let i = 0; i < length; i++) await history.step();
    await history.heal();
    history.check();
  } catch (error) {
    if (error instanceof SimulationError) throw error;
    throw new SimulationError(
      seed,
      history.steps,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  } finally {
    await history.end();
  }
  return { seed, steps: history.steps, commits: history.observer.commits.length };
}

interface Actor {
  readonly name: string;
  readonly disk: MemoryDisk;
  client: TestClient;
  atom: SyncedAtom<Value>;
  /** Marks made in this life: no emission may be without them. */
  marks: Set<string>;
  /** Operations of this life, by line and number; what was not durable at a crash may be lost. */
  life: Operation[];
}

class History {
  readonly steps: string[] = [];
  readonly observer = new Observer(GROUP);
  readonly #notes = new Notes();
  readonly #died = new Set<string>();
  readonly #random: Random;
  readonly #seed: number;
  readonly #net: TestNet;
  readonly #actors: Actor[] = [];
  readonly #operations = new Map<string, Operation>();
  readonly #mayBeLost = new Set<string>();
  /** What emissions were found to break: they are looked at within subscribers, where a throw is no answer. */
  #fault: string | undefined;
  #marks = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seeded(seed);
    this.#net = createTestNet({
      random: () => this.#random.next(),
      latency: () => this.#random.below(this.#random.chance(0.1) ? 400 : 20),
      server: {
        page: { maxDocs: 1 + this.#random.below(4), maxBytes: 1_000_000 },
        features: new Features(this.#random.chance(0.5) ? [{ group: GROUP, swaps: SWAPS }] : []),
      },
    });
  }

  async begin(): Promise<void> {
    this.observer.listen(await this.#net.hub);
    const count = 2 + this.#random.below(4);
    for (let i = 0; i < count; i++) this.#actors.push(this.#bear(`c${i}`, new MemoryDisk({ manual: true })));
    const [first] = this.#actors;
    await this.#pass(1000);
    this.#write(first!, { author: first!.name, mark: 'm0', swap: open as never, args: [] });
    await this.#pass(1000);
  }

  async step(): Promise<void> {
    const random = this.#random;
    const actor = random.pick(this.#actors);
    const dice = random.next();
    if (dice < 0.6) {
      for (let i = random.below(3); i >= 0; i--) {
        const mark = `m${++this.#marks}`;
        if (random.chance(0.3)) this.steps.push(this.#notes.write(random, actor.name, mark, actor.atom));
        else this.#write(actor, randomOperation(random, actor.name, mark));
      }
    } else if (dice < 0.68) this.#say(`${actor.name} offline`, () => this.#net.offline(actor.atom));
    else if (dice < 0.78) this.#say(`${actor.name} online`, () => this.#net.online(actor.atom));
    else if (dice < 0.84) this.#say(`${actor.name} link cut`, () => this.#net.cut(actor.atom));
    else if (dice < 0.9) this.#say(`${actor.name} half open`, () => actor.client.cable.cutHalf());
    else if (dice < 0.96) await this.#crash(actor);
    else await this.#restartServer();
    if (random.chance(0.7)) await this.#pass(random.below(random.chance(0.2) ? 3000 : 60));
    if (random.chance(0.7)) for (const { disk } of this.#actors) disk.flush(1 + random.below(5));
  }

  async heal(): Promise<void> {
    this.steps.push('faults stop');
    for (const { atom } of this.#actors) this.#net.online(atom);
    for (let waited = 0; waited < HEALING; waited += 1000) {
      await this.#pass(1000, true);
      if (this.#actors.every(({ atom, disk }) => atom.group.replica.pending.size === 0 && disk.waiting === 0))
        break;
    }
    await this.#pass(15_000, true);
  }

  check(): void {
    const fail = (what: string): never => {
      throw new SimulationError(this.#seed, this.steps, what);
    };
    if (this.#fault !== undefined) fail(this.#fault);
    for (const { name, atom } of this.#actors) {
      const left = atom.group.replica.pending.size;
      if (left > 0) fail(`${name} still has ${left} pending mutations`);
    }
    const model = this.#serial(fail);
    for (const { name, atom } of this.#actors) {
      const difference = differing(model, atom.value);
      if (difference !== undefined) fail(`${name} differs from the serial order of commits at ${difference}`);
    }
    for (const [id, operation] of this.#operations) {
      if (this.#mayBeLost.has(id)) continue;
      const marks = model.get(`marks:${operation.author}`) as ReadonlySet<string> | undefined;
      if (!marks?.has(operation.mark)) fail(`lost: ${describeOperation(operation)}`);
    }
    const fault = this.#notes.fault(this.observer.commits, {
      mayBeLost: this.#mayBeLost,
      died: this.#died,
    });
    if (fault !== undefined) fail(fault);
  }

  async end(): Promise<void> {
    for (const { disk } of this.#actors) disk.crash();
    await this.#net.close();
  }

  /** All operations on a plain model, in the order of the commits that carried them. */
  #serial(fail: (what: string) => never): Docs {
    let docs: Docs = DocMap.empty();
    for (const commit of this.observer.commits) {
      const { version, clientId, number } = commit;
      if (this.#notes.wrote(commit)) {
        docs = this.#notes.apply(commit, docs);
        continue;
      }
      const operation = this.#operations.get(`${clientId} ${number}`);
      if (operation === undefined) return fail(`version ${version} is nobody's: ${clientId} ${number}`);
      docs = run(operation, docs);
    }
    return docs;
  }

  #bear(name: string, disk: MemoryDisk): Actor {
    const client = this.#net.client({ disk });
    const atom = this.#net.atom<Value>(client, GROUP);
    const actor: Actor = { name, disk, client, atom, marks: new Set(), life: [] };
    atom.subscribe((docs) => {
      this.#watch(actor, docs);
    });
    atom.conflicts$.subscribe((conflict) => {
      this.#notes.hear(name, conflict);
    });
    return actor;
  }

  /** What every emission of every client must hold to. */
  #watch({ name, marks }: Actor, docs: Docs): void {
    const shown = (docs.get(`marks:${name}`) as ReadonlySet<string> | undefined) ?? new Set();
    for (const mark of marks) {
      if (!shown.has(mark)) this.#fault ??= `${name} flickers: ${mark} is gone, after ${this.steps.at(-1)}`;
    }
    if (!docs.has(ACCOUNTS[0]!)) return;
    const total = ACCOUNTS.reduce((sum, key) => sum + ((docs.get(key) as number | undefined) ?? 0), 0);
    if (total !== ACCOUNTS.length * OPENING_BALANCE) {
      this.#fault ??= `${name} sees a total of ${total}, after ${this.steps.at(-1)}`;
    }
  }

  #write(actor: Actor, operation: Operation): void {
    const { replica } = actor.atom.group;
    this.steps.push(describeOperation(operation));
    (actor.atom.swap as (fn: unknown, ...args: unknown[]) => unknown).call(
      actor.atom,
      operation.swap,
      operation.author,
      operation.mark,
      ...operation.args,
    );
    const made = [...replica.pending].at(-1)!;
    this.#operations.set(`${made.clientId} ${made.number}`, operation);
    actor.marks.add(operation.mark);
    actor.life.push(operation);
  }

  async #crash(actor: Actor): Promise<void> {
    this.steps.push(`${actor.name} dies and comes back`);
    this.#died.add(actor.name);
    const durable = actor.atom.group.receipts.durableOrder;
    for (const mutation of actor.atom.group.replica.pending) {
      if (mutation.order > durable) this.#mayBeLost.add(`${mutation.clientId} ${mutation.number}`);
    }
    actor.client.cable.cut();
    actor.disk.crash();
    actor.client.cable.down = true;
    const heir = this.#bear(actor.name, actor.disk);
    this.#actors[this.#actors.indexOf(actor)] = heir;
    await this.#pass(this.#random.below(20));
  }

  async #restartServer(): Promise<void> {
    this.steps.push('server restarts');
    await this.#net.restartServer();
    this.observer.listen(await this.#net.hub);
    await this.#pass(1);
  }

  #say(step: string, act: () => void): void {
    this.steps.push(step);
    act();
  }

  async #pass(milliseconds: number, flushing = false): Promise<void> {
    if (flushing) for (const { disk } of this.#actors) disk.flush();
    await this.#net.flush(milliseconds);
    if (flushing) for (const { disk } of this.#actors) disk.flush();
  }
}

function differing(a: Docs, b: Docs): string | undefined {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (!valuesEqual(a.get(key), b.get(key))) return `${key}: ${show(a.get(key))} and ${show(b.get(key))}`;
  }
  return undefined;
}

function show(value: unknown): string {
  return value instanceof Set ? `{${[...(value as Set<unknown>)].join(' ')}}` : String(value);
}
