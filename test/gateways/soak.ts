import { DocMap } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import { interval, take } from 'rxjs';
import { seeded, type Random } from '../simulation/random';
import { until } from '../support/until';
import { hit, transfer, type Tally } from '../swarm/swaps';
import { OPENING } from '../swarm/books';
import { Teller } from '../swarm/teller';
import { Gateways } from './gateways';
import { ownPostgres, ownRedis, type OwnServer } from './own-servers';

/** What can go wrong while everyone writes. */
export const FAULTS = ['kill a gateway', 'restart a gateway', 'crash PostgreSQL', 'crash Redis'] as const;
export type Fault = (typeof FAULTS)[number];

export interface SoakOptions {
  readonly gateways: number;
  /** Counters, and as many tellers. */
  readonly clients: number;
  /** Looks at who writes; `TICK` apart. */
  readonly ticks: number;
  readonly seed: number;
  /** One after the other, spread over the run. */
  readonly faults: readonly Fault[];
  readonly note?: (what: string) => void;
}

export interface SoakReport {
  /** What does not hold; empty when all is well. */
  readonly wrong: readonly string[];
  readonly hits: number;
  readonly transfers: number;
  readonly refused: number;
  readonly told: number;
}

/** Milliseconds. */
export const TICK = 50;
const ACCOUNTS = Array.from({ length: 10 }, (_, account) => `account-${account}`);

interface Counter {
  readonly name: string;
  readonly sync: AtomSync;
  readonly docs: SyncedAtom<Tally>;
  called: number;
}

/**
 * Writers and readers on several gateways, on a PostgreSQL and a Redis of their own, while faults happen. In the end each
 * swap was counted once, the bank has its total, all clients agree, and every commit was told to a handler.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { note = () => undefined } = options;
  const [postgres, redis] = [await ownPostgres(), await ownRedis()];
  const gateways = await Gateways.start(options.gateways, { databaseUrl: postgres.url, redisUrl: redis.url });
  const players = new Players(gateways.url, options);
  try {
    await players.open();
    note('everyone is there');
    const faults = makeFaults(options, gateways, postgres, redis);
    await players.play(faults);
    note('all is written');
    await players.settled();
    note('all is settled');
    return await players.judge(gateways);
  } finally {
    await players.close();
    await gateways.dispose();
    await Promise.all([postgres.dispose(), redis.dispose()]);
  }
}

/** What happens at which tick. */
function makeFaults(
  { faults, ticks, gateways: count, seed, note = () => undefined }: SoakOptions,
  gateways: Gateways,
  postgres: OwnServer,
  redis: OwnServer,
): (tick: number) => Promise<void> | undefined {
  const random = seeded(seed + 1);
  const every = Math.floor(ticks / (faults.length + 1));
  return (tick) => {
    const fault = tick % every === 0 ? faults[tick / every - 1] : undefined;
    if (fault === undefined) return undefined;
    const index = random.below(count);
    note(fault);
    switch (fault) {
      case 'kill a gateway':
        return gateways.replace(index, 'SIGKILL');
      case 'restart a gateway':
        return gateways.replace(index, 'SIGTERM');
      case 'crash PostgreSQL':
        return postgres.kill().then(() => postgres.start());
      case 'crash Redis':
        return redis.kill().then(() => redis.start());
    }
  };
}

class Players {
  readonly #wrong: string[] = [];
  readonly #counters: Counter[];
  readonly #tellers: Teller[];
  readonly #random: Random;

  constructor(
    private readonly url: string,
    private readonly options: SoakOptions,
  ) {
    this.#random = seeded(options.seed);
    const names = Array.from({ length: options.clients }, (_, index) => String(index));
    this.#counters = names.map((name) => {
      const sync = openAtomSync(`counter-${name}`, { server: url });
      return { name: `counter-${name}`, sync, docs: syncedAtom<Tally>(sync, 'counter'), called: 0 };
    });
    this.#tellers = names.map(
      (name) =>
        new Teller(`teller-${name}`, url, transfer, (accounts, where) => this.#check(accounts, where)),
    );
  }

  async open(): Promise<void> {
    await Promise.all(this.#counters.map(({ docs }) => docs.ready()));
    await Promise.all(this.#tellers.map(({ bank }) => bank.ready()));
    this.#tellers[0]!.bank.reset(DocMap.from(ACCOUNTS.map((account) => [account, OPENING] as const)));
    await Promise.all(this.#tellers.map(({ bank }) => until(bank, (docs) => docs.size === ACCOUNTS.length)));
  }

  async play(fault: (tick: number) => Promise<void> | undefined): Promise<void> {
    const repairs: Promise<void>[] = [];
    await interval(TICK)
      .pipe(take(this.options.ticks))
      .forEach((tick) => {
        const repair = fault(tick + 1);
        if (repair !== undefined) repairs.push(repair);
        for (const counter of this.#counters) {
          if (this.#random.chance(0.5)) counter.docs.swap(hit, counter.name, `m${counter.called++}`);
        }
        for (const teller of this.#tellers) if (this.#random.chance(0.5)) teller.transfer(this.#random);
      });
    await Promise.all(repairs);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#counters.map(({ docs }) => docs.settled()));
    await Promise.all(this.#tellers.map(({ bank }) => bank.settled()));
  }

  async judge(gateways: Gateways): Promise<SoakReport> {
    const hits = this.#counters.reduce((sum, { called }) => sum + called, 0);
    const [counter, bank] = await this.#fresh();
    this.#judgeCounter(counter, hits);
    const { transfers, refused } = await this.#judgeBank(bank);
    await Promise.all(this.#counters.map(({ docs }) => until(docs, (map) => map.get('n') === hits)));
    await Promise.all(this.#tellers.map((teller) => until(teller.bank, (docs) => docs.equals(bank))));
    const told = await this.#judgeTold(gateways, hits);
    return { wrong: this.#wrong, hits, transfers, refused, told };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#counters, ...this.#tellers].map(({ sync }) => sync.close()));
  }

  /** What one sees who has never been here. */
  async #fresh(): Promise<[DocMap<Tally>, DocMap<number>]> {
    const sync = openAtomSync('fresh', { server: this.url });
    const [counter, bank] = [syncedAtom<Tally>(sync, 'counter'), syncedAtom<number>(sync, 'bank')];
    await Promise.all([counter.ready(), bank.ready()]);
    await sync.close();
    return [counter.value as DocMap<Tally>, bank.value];
  }

  #judgeCounter(docs: DocMap<Tally>, hits: number): void {
    if (docs.get('n') !== hits)
      this.#wrong.push(`the counter is ${String(docs.get('n'))} after ${hits} hits`);
    for (const { name, called } of this.#counters) {
      const marks = (docs.get(name) ?? {}) as Readonly<Record<string, number>>;
      for (let mark = 0; mark < called; mark++) {
        if (marks[`m${mark}`] !== 1)
          this.#wrong.push(`${name} m${mark} was counted ${marks[`m${mark}`] ?? 0} times`);
      }
    }
  }

  async #judgeBank(docs: DocMap<number>): Promise<{ transfers: number; refused: number }> {
    let [transfers, refused] = [0, 0];
    const accounts = new Map(ACCOUNTS.map((account) => [account, OPENING]));
    for (const teller of this.#tellers) {
      for (const { from, to, amount, outcome } of teller.transfers) {
        if ('refused' in (await outcome)) {
          refused++;
          continue;
        }
        transfers++;
        accounts.set(from, accounts.get(from)! - amount);
        accounts.set(to, accounts.get(to)! + amount);
      }
    }
    for (const [account, balance] of accounts) {
      if (docs.get(account) !== balance) {
        this.#wrong.push(`${account} has ${docs.get(account)}, and ${balance} by what was acknowledged`);
      }
    }
    return { transfers, refused };
  }

  /** In order, each at least once; what comes again begins within what was told. */
  async #judgeTold(gateways: Gateways, through: number): Promise<number> {
    let told: (readonly [number, number])[];
    do told = await gateways.told();
    while (Math.max(0, ...told.map(([, to]) => to)) < through && (await later()));
    let reached = 0;
    for (const [from, to] of told) {
      if (from > reached) this.#wrong.push(`a handler was told of ${from}…${to} after ${reached}`);
      reached = Math.max(reached, to);
    }
    return told.length;
  }

  #check(accounts: Iterable<readonly [string, number]>, where: string): void {
    let [total, least] = [0, 0];
    for (const [, balance] of accounts) {
      total += balance;
      least = Math.min(least, balance);
    }
    if (least < 0) this.#wrong.push(`${where}: an account with ${least}`);
    if (total !== ACCOUNTS.length * OPENING && total !== 0) this.#wrong.push(`${where}: a total of ${total}`);
  }
}

/** The file is written by others, and nobody tells when. */
const later = (): Promise<true> => new Promise((resolve) => setTimeout(() => resolve(true), 100));
